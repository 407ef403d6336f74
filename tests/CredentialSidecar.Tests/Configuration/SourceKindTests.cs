using CredentialSidecar.Hosting;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Configuration;

/// <summary>The settings of the sources WebIdentity and Process.</summary>
public sealed class SourceKindTests
{
    private const string PodRole = "arn:aws:iam::111122223333:role/pod";

    private static readonly (string, string?)[] Identity =
    [
        ("SIDECAR_Source__Kind", "WebIdentity"), ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", null),
        ("AWS_ROLE_ARN", PodRole), ("AWS_WEB_IDENTITY_TOKEN_FILE", "/token"),
    ];

    private static readonly (string, string?)[] Process =
        [("SIDECAR_Source__Kind", "Process"), ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", null)];

    [Fact]
    public void The_variables_of_the_webhook_are_enough()
    {
        var found = Settings.Load([.. Identity, ("AWS_ROLE_SESSION_NAME", "orders")]).Source;

        Assert.Equal((PodRole, "/token", "orders", "eu-central-1"),
            (found.WebIdentity!.Role.Text, found.WebIdentity.TokenFile, found.WebIdentity.SessionName, found.WebIdentity.Region));
        Assert.Equal($"WebIdentity {PodRole}", found.ToString());
    }

    [Fact]
    public void The_settings_win_over_the_variables()
    {
        var found = Settings.Load([
            .. Identity, ("AWS_ROLE_SESSION_NAME", "no"), ("SIDECAR_Source__RoleArn", $"{PodRole}2"),
            ("SIDECAR_Source__TokenFile", "/other"), ("SIDECAR_Source__SessionName", "yes")]).Source.WebIdentity!;

        Assert.Equal(($"{PodRole}2", "/other", "yes"), (found.Role.Text, found.TokenFile, found.SessionName));
    }

    [Theory]
    [InlineData("AWS_ROLE_ARN", null, "AWS_ROLE_ARN is not set; EKS sets it for a service account with the annotation")]
    [InlineData("AWS_WEB_IDENTITY_TOKEN_FILE", null, "AWS_WEB_IDENTITY_TOKEN_FILE is not set; EKS sets it")]
    [InlineData("AWS_ROLE_ARN", "role/pod", "AWS_ROLE_ARN is \"role/pod\"; expected arn:aws:iam::")]
    [InlineData("AWS_WEB_IDENTITY_TOKEN_FILE", "token", "AWS_WEB_IDENTITY_TOKEN_FILE is \"token\"; expected an absolute path")]
    [InlineData("AWS_ROLE_SESSION_NAME", "a b", "AWS_ROLE_SESSION_NAME is \"a b\"; expected 2 to 64 of")]
    [InlineData("SIDECAR_Source__SessionName", "x-{pod}", "SIDECAR_Source__SessionName is \"x-{pod}\"; expected 2 to 64 of")]
    [InlineData("AWS_ENDPOINT_URL_STS", "http://169.254.1.1", "plain http is allowed at loopback only")]
    [InlineData("AWS_ENDPOINT_URL_STS", "https://sts.eu-west-1.amazonaws.com", "the source is signed for eu-central-1")]
    public void A_web_identity_that_cannot_work_is_a_mistake(string name, string? value, string expected) =>
        Assert.Contains(Loading.Mistakes([.. Identity, (name, value)]), mistake => mistake.Contains(expected, StringComparison.Ordinal));

    [Theory]
    [InlineData("http://sts.internal:8080", false)]
    [InlineData("http://127.0.0.1:8080", true)]
    [InlineData("http://localhost:8080", true)]
    [InlineData("https://sts.internal", true)]
    public void A_token_is_sent_over_plain_http_to_loopback_only_even_if_sessions_may_be(string sts, bool isAllowed)
    {
        (string, string?)[] near = [("AWS_ENDPOINT_URL_STS", sts), ("SIDECAR_Sts__AllowPlainHttp", "true")];

        Assert.Empty(Loading.Mistakes(near));
        Assert.Equal(isAllowed, Loading.Mistakes([.. Identity, .. near]).Count == 0);
    }

    [Fact]
    public void A_web_identity_needs_a_region_and_a_role_of_its_partition()
    {
        (string, string?)[] inTask = [.. Identity, ("ECS_CONTAINER_METADATA_URI_V4", "http://169.254.170.2/v4/x")];

        Assert.StartsWith("AWS_REGION is not set; Source:Kind WebIdentity needs it",
            Assert.Single(Loading.Mistakes([.. inTask, ("AWS_REGION", null)])), StringComparison.Ordinal);
        Assert.Contains("AWS_ROLE_ARN is arn:aws-cn:iam::111122223333:role/pod, of the partition aws-cn, but the region is eu-central-1, "
            + "of aws",
            Loading.Mistakes([.. Identity, ("AWS_ROLE_ARN", "arn:aws-cn:iam::111122223333:role/pod")]));
    }

    [Fact]
    public void A_process_is_a_program_and_its_arguments()
    {
        var found = Settings.Load([
            .. Process, ("SIDECAR_Source__Process__0", "/bin/helper"), ("SIDECAR_Source__Process__1", "a b"), ("HOME", "/home"),
            ("SIDECAR_Access__Clients__web__Token", Settings.Token + "2"), ("SIDECAR_Access__Clients__web__Destinations__0", "reports"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "key=1"), ("CREDENTIAL_SUPERVISOR_FD", "3")]).Source;

        Assert.Equal(("/bin/helper", "a b"), (found.Program!.Path, Assert.Single(found.Program.Arguments)));
        Assert.Equal(["AWS_REGION=eu-central-1", "HOME=/home"], found.Program.Environment);
        Assert.Equal("Process /bin/helper", found.ToString());
    }

    [Theory]
    [InlineData(null, "SIDECAR_Source__Process is not set, but Source:Kind is Process; set SIDECAR_Source__Process__0 to the program")]
    [InlineData("helper", "SIDECAR_Source__Process__0 is \"helper\"; expected the absolute path of a program")]
    [InlineData("helper --now", "write each argument as a separate item")]
    public void A_program_that_cannot_be_found_is_a_mistake(string? program, string expected) => Assert.Contains(
        expected, Assert.Single(Loading.Mistakes([.. Process, ("SIDECAR_Source__Process__0", program)])), StringComparison.Ordinal);

    [Theory]
    [InlineData("SIDECAR_Source__RoleArn", PodRole, "WebIdentity")]
    [InlineData("SIDECAR_Source__TokenFile", "/token", "WebIdentity")]
    [InlineData("SIDECAR_Source__SessionName", "orders", "WebIdentity")]
    [InlineData("SIDECAR_Source__Process__0", "/bin/helper", "Process")]
    public void A_setting_of_another_kind_is_a_mistake(string name, string value, string kind) => Assert.Contains(
        $" is for Source:Kind {kind}, but Source:Kind is TaskRole; set SIDECAR_Source__Kind={kind}, or remove it",
        Assert.Single(Loading.Mistakes((name, value))), StringComparison.Ordinal);

    [Fact]
    public void A_pod_with_a_web_identity_and_without_a_kind_is_told_the_kind() => Assert.EndsWith(
        "For the web identity of AWS_WEB_IDENTITY_TOKEN_FILE, set SIDECAR_Source__Kind=WebIdentity instead",
        Assert.Single(Loading.Mistakes([.. Identity, ("SIDECAR_Source__Kind", null)])), StringComparison.Ordinal);

    [Fact]
    public void Long_sessions_are_for_sources_that_may_have_long_term_keys()
    {
        (string, string?)[] hop = [("SIDECAR_Destinations__reports__Hops__0__DurationSeconds", "7200")];

        Assert.Equal(TimeSpan.FromHours(2),
            Settings.Load([.. Process, ("SIDECAR_Source__Process__0", "/bin/helper"), .. hop]).Destinations[0].Hops[0].Duration);
        Assert.Equal(TimeSpan.FromHours(1), Settings.Load([.. Identity, .. hop]).Destinations[0].Hops[0].Duration);
    }

    [Fact]
    public void A_change_of_the_source_needs_a_restart()
    {
        var former = Settings.Load([.. Process, ("SIDECAR_Source__Process__0", "/bin/helper")]);
        var next = Settings.Load([.. Identity, ("SIDECAR_Source__RoleArn", PodRole)]);
        var changed = new ChangedKeys(former.Options, next.Options);

        Assert.Equal(["Source:Kind", "Source:Process", "Source:RoleArn"], changed.NeedRestart);
        Assert.False(changed.CanReload);
    }

    [Fact]
    public void The_address_of_the_sidecar_does_not_matter_to_sources_that_do_not_read_it()
    {
        const string Full = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
        (string, string?)[] own = [("SIDECAR_PORT", "9170"), (Full, "http://127.0.0.1:9170/v1/credentials/reports")];

        Assert.Empty(Loading.Mistakes([.. Identity, .. own]));
        Assert.Empty(Loading.Mistakes([.. Process, ("SIDECAR_Source__Process__0", "/bin/helper"), .. own]));
    }
}
