using CredentialSidecar.Launcher.Plan;
using CredentialSidecar.Launcher.Tokens;
using Xunit;

namespace CredentialSidecar.Tests.Launcher;

/// <summary>Where the token comes from and what it may be (contract R12).</summary>
public sealed class TokenTests
{
    private const string Beside = "/credential-sidecar/token";

    private readonly Dictionary<string, string?> _files = new(StringComparer.Ordinal);

    [Theory]
    [InlineData("a", null)]
    [InlineData("5f1c9e7a2b8d4036", null)]
    [InlineData("Bearer 5f1c", null)]
    [InlineData("\"5f1c\"", "leave the quotes out")]
    [InlineData("'5f1c'", "leave the quotes out")]
    [InlineData("'5f1c", null)]
    [InlineData("", "is empty")]
    [InlineData("5f1c\n", "line end")]
    [InlineData("5f1c\r\n", "line end")]
    [InlineData("5f\r1c", "line end")]
    [InlineData(" 5f1c", "begins or ends with a blank")]
    [InlineData("5f1c ", "begins or ends with a blank")]
    [InlineData("arn:aws:secretsmanager:eu-central-1:111122223333:secret:5f1c", "ARN of a secret")]
    [InlineData("${5f1c}", "nothing expanded")]
    [InlineData("$(5f1c)", "nothing expanded")]
    [InlineData("$5f1c}{", null)]
    [InlineData("5f\t1c", "visible ASCII")]
    [InlineData("5f\0", "visible ASCII")]
    [InlineData("5f\u00e9", "visible ASCII")]
    [InlineData("\u00ef\u00bb\u00bf5f1c", "visible ASCII")]
    public void R12_Only_one_line_of_visible_ascii_is_taken(string token, string? reason)
    {
        var mistake = TokenForm.Mistake(token);

        Assert.Equal(reason is null, mistake is null);
        Assert.Contains(reason ?? "", mistake ?? "", StringComparison.Ordinal);
        Assert.DoesNotContain("5f", mistake ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void The_named_file_wins_over_all()
    {
        _files["/named"] = "one";
        _files[Beside] = "two";

        AssertToken("one", "/named", Find("/named", "CREDENTIAL_LAUNCH_TOKEN=three", "AWS_CONTAINER_AUTHORIZATION_TOKEN=four"));
    }

    [Fact]
    public void The_launchers_own_variable_wins_over_the_file_beside_it()
    {
        _files[Beside] = "two";

        AssertToken("three", null, Find(null, "CREDENTIAL_LAUNCH_TOKEN=three", "AWS_CONTAINER_AUTHORIZATION_TOKEN=four"));
    }

    [Fact]
    public void The_file_beside_the_launcher_wins_over_what_was_there_anyway()
    {
        _files[Beside] = "two";

        AssertToken("two", Beside, Find(null, "AWS_CONTAINER_AUTHORIZATION_TOKEN=four"));
        _files.Clear();
        AssertToken("four", null, Find(null, "AWS_CONTAINER_AUTHORIZATION_TOKEN=four"));
    }

    [Fact]
    public void R12_A_file_that_holds_the_variables_token_is_given_too_and_no_other()
    {
        _files[Beside] = "three";
        AssertToken("three", Beside, Find(null, "CREDENTIAL_LAUNCH_TOKEN=three"));

        _files[Beside] = "other";
        _files["/set"] = "three";
        AssertToken("three", "/set", Find(null, "CREDENTIAL_LAUNCH_TOKEN=three", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=/set"));
        AssertToken("four", null, Find(null, "CREDENTIAL_LAUNCH_TOKEN=four", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=/set"));
    }

    [Fact]
    public void A_file_of_another_agent_is_no_source_of_a_token()
    {
        _files["/var/run/secrets/pods.eks.amazonaws.com/token"] = "eks";
        var finding = Find(null, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=/var/run/secrets/pods.eks.amazonaws.com/token");

        Assert.Null(finding.Token);
        Assert.Null(finding.Mistake);
    }

    [Fact]
    public void A_named_file_that_is_not_there_may_yet_appear()
    {
        var finding = Find("/named");

        Assert.True(finding.MayHeal);
        Assert.Equal(75, finding.Mistake!.ExitCode);
        Assert.Contains("/named", finding.Mistake.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("5f1c\n", "line end")]
    [InlineData(null, "Permission denied")]
    public void A_file_that_cannot_be_used_ends_at_once_with_the_reason(string? content, string reason)
    {
        _files["/named"] = content;
        var finding = Find("/named");

        Assert.False(finding.MayHeal);
        Assert.Null(finding.Token);
        Assert.Equal(78, finding.Mistake!.ExitCode);
        Assert.Contains("/named", finding.Mistake.Text, StringComparison.Ordinal);
        Assert.Contains(reason, finding.Mistake.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("5f1c", finding.Mistake.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_does_not_show_itself() =>
        Assert.DoesNotContain("5f1c", new AuthorizationToken("5f1c", null).ToString(), StringComparison.Ordinal);

    private TokenFinding Find(string? named, params string[] variables) =>
        new TokenLookup(new Variables(variables), named, Beside, Read).Find();

    private FileText Read(string path) => !_files.TryGetValue(path, out var content) ? new() { Missing = true }
        : content is null ? new() { Trouble = "Permission denied" } : new() { Text = content };

    private static void AssertToken(string value, string? file, TokenFinding finding) =>
        Assert.Equal((value, file, null), (finding.Token?.Value, finding.Token?.File, finding.Mistake));
}
