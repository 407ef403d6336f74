using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Emulator.Worlds;

namespace CredentialSidecar.Conformance.Running;

/// <summary>The real chain of the AWS SDK, in the program, with profiles that cannot give it credentials.</summary>
public sealed class DefaultChainTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("profiles-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("dev",
        "the profile 'dev' signs in by aws login (login_session), which needs a browser.",
        "export-credentials --profile dev")]
    [InlineData("chained",
        "the profile 'dev' signs in by aws login (login_session), which needs a browser.",
        "export-credentials --profile chained")]
    [InlineData("sso", "the profile 'sso' signs in by SSO, which needs a browser.", "export-credentials --profile sso")]
    [InlineData("mfa",
        "the profile 'mfa' asks for an MFA code (mfa_serial), which cannot be typed here.",
        "export-credentials --profile mfa")]
    [InlineData("fails",
        "credential_process of the profile 'fails' ended with exit code 3. It wrote: vault is sealed.",
        "credential_process")]
    [InlineData("missing",
        "credential_process of the profile 'missing' ended with exit code 127. It wrote: ",
        "the program must be in the sidecar's image")]
    [InlineData("garbage",
        "credential_process of the profile 'garbage' did not print the JSON that the SDK expects.",
        "credential_process")]
    [InlineData("nosource", "Error reading source profile [nothere] for profile [nosource]", "Check the profile 'nosource'")]
    [InlineData("token", "the web identity token could not be read. Could not find", "web_identity_token_file")]
    [InlineData("nope", "the profile 'nope' does not exist.", "Correct AWS_PROFILE")]
    public async Task A_profile_that_gives_no_credentials_says_why(string profile, string why, string advice)
    {
        var message = await FailureAsync(("AWS_PROFILE", profile));

        Assert.Contains(why, message, StringComparison.Ordinal);
        Assert.Contains(advice, message, StringComparison.Ordinal);
        Assert.DoesNotContain("Set AWS_PROFILE", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_file_of_the_environment_is_named() => Assert.Contains(
        "/nonexistent/token",
        await FailureAsync(
            ("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/pod"), ("AWS_WEB_IDENTITY_TOKEN_FILE", "/nonexistent/token")),
        StringComparison.Ordinal);

    private async Task<string> FailureAsync(params (string Name, string? Value)[] settings)
    {
        var config = Path.Combine(_folder, "config");
        await File.WriteAllTextAsync(config, """
            [profile dev]
            login_session = arn:aws:iam::111122223333:user/developer
            region = eu-central-1
            [profile chained]
            role_arn = arn:aws:iam::111122223333:role/x
            source_profile = dev
            [profile sso]
            sso_session = corp
            sso_account_id = 111122223333
            sso_role_name = x
            region = eu-central-1
            [sso-session corp]
            sso_start_url = https://example.awsapps.com/start
            sso_region = eu-central-1
            [profile keys]
            aws_access_key_id = AKIAIOSFODNN7EXAMPLE
            aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
            [profile mfa]
            role_arn = arn:aws:iam::111122223333:role/x
            source_profile = keys
            mfa_serial = arn:aws:iam::111122223333:mfa/u
            [profile fails]
            credential_process = sh -c "echo 'vault is sealed' >&2; echo second >&2; exit 3"
            [profile missing]
            credential_process = /opt/no-such-helper --now
            [profile garbage]
            credential_process = echo hello
            [profile nosource]
            role_arn = arn:aws:iam::111122223333:role/x
            source_profile = nothere
            [profile token]
            role_arn = arn:aws:iam::111122223333:role/x
            web_identity_token_file = /nonexistent/token
            """, TestContext.Current.CancellationToken);

        await using var emulator = await EmulatorProcess.StartAsync();
        await using var sidecar = await SidecarProcess.StartAsync(emulator,
        [
            ("SIDECAR_Source__Kind", "Default"), ("SIDECAR_ROLE_ARN", DefaultWorld.Reports),
            ("SIDECAR_SOURCE_ENDPOINT", null), ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", null), ("ECS_CONTAINER_METADATA_URI_V4", null),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_CONFIG_FILE", config),
            ("AWS_SHARED_CREDENTIALS_FILE", Path.Combine(_folder, "credentials")),
            .. settings,
        ]);
        string? line = null;
        await Eventually.HoldsAsync(
            () =>
            {
                line = sidecar.Output.FirstOrDefault(output => output.Contains("\"EventId\":302,", StringComparison.Ordinal));
                return line is not null;
            },
            () => "No failure was logged.");
        return JsonNode.Parse(line!)!["Message"]!.GetValue<string>();
    }
}
