using System.Text;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Configuration;

/// <summary>The authorization token, which every SDK must be able to send (contract R11, R12).</summary>
public sealed class TokenTests
{
    private const string Good = "0123456789abcdef0123456789abcdef";

    public static TheoryData<string, string> Bad => new()
    {
        { Good + "\n", "contains a line end" },
        { Good + "\r\n" + Good, "contains a line end" },
        { " " + Good, "begins or ends with a space" },
        { Good + "\t", "begins or ends with a space" },
        { Good + "ä", "contains characters other than visible ASCII" },
        { "0123\u00000123456789" + Good, "contains characters other than visible ASCII" },
        { new string('x', 4097), "has 4097 characters; expected at most 4096" },
        { Good[1..], "has 31 characters, which can be guessed; expected at least 32" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void R11_R12_A_token_is_one_line_of_visible_ASCII(string token, string expected)
    {
        using var file = new TemporaryFile(token);

        var mistakes = new[]
        {
            Loading.Mistakes(("SIDECAR_TOKEN", token)),
            Loading.Mistakes(("SIDECAR_TOKEN", null), ("SIDECAR_TOKEN_FILE", file.Path)),
        };

        Assert.StartsWith($"SIDECAR_TOKEN {expected}", Assert.Single(mistakes[0]), StringComparison.Ordinal);
        Assert.StartsWith("SIDECAR_TOKEN_FILE names a file that ", Assert.Single(mistakes[1]), StringComparison.Ordinal);
        Assert.DoesNotContain(mistakes.SelectMany(m => m), mistake => mistake.Contains("0123", StringComparison.Ordinal));
    }

    [Fact]
    public void R12_A_file_with_a_line_end_is_refused_with_the_command_that_writes_one_without()
    {
        using var file = new TemporaryFile(Good + "\n");

        Assert.EndsWith(
            "write the file without it: `printf %s \"$TOKEN\" > file`",
            Assert.Single(Loading.Mistakes(("SIDECAR_TOKEN", null), ("SIDECAR_TOKEN_FILE", file.Path))),
            StringComparison.Ordinal);
    }

    [Fact]
    public void R12_A_byte_order_mark_is_refused_since_siblings_would_send_it()
    {
        using var file = new TemporaryFile([.. Encoding.UTF8.Preamble, .. Encoding.ASCII.GetBytes(Good)]);

        Assert.Contains(
            "(perhaps a byte order mark)",
            Assert.Single(Loading.Mistakes(("SIDECAR_TOKEN", null), ("SIDECAR_TOKEN_FILE", file.Path))),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/tmp", "SIDECAR_TOKEN_FILE is \"/tmp\", which is a directory")]
    [InlineData("/proc/self/mem", "SIDECAR_TOKEN_FILE is \"/proc/self/mem\", which cannot be read")]
    [InlineData("/dev/zero", "SIDECAR_TOKEN_FILE is \"/dev/zero\", which is a pipe, a socket or a device instead of a regular file")]
    [InlineData("/dev/null", "SIDECAR_TOKEN_FILE is \"/dev/null\", which is a pipe, a socket or a device instead of a regular file")]
    [InlineData("0123456789abcdef", "SIDECAR_TOKEN_FILE names a file (not shown, in case it is the token itself) that does not exist")]
    public void A_token_file_that_gives_no_token_is_a_mistake(string path, string expected) =>
        Assert.StartsWith(
            expected,
            Assert.Single(Loading.Mistakes(("SIDECAR_TOKEN", null), ("SIDECAR_TOKEN_FILE", path))),
            StringComparison.Ordinal);

    [Fact]
    public void A_token_file_is_read_to_the_last_byte()
    {
        using var file = new TemporaryFile("Bearer 0123456789 0123456789 0123");

        Assert.Equal("Bearer 0123456789 0123456789 0123", Settings.Load(("SIDECAR_TOKEN", null), ("SIDECAR_TOKEN_FILE", file.Path)).Token);
    }

    [Fact]
    public void R11_No_token_is_a_mistake_unless_anonymous_was_chosen()
    {
        Assert.StartsWith("SIDECAR_TOKEN is not set", Assert.Single(Loading.Mistakes(("SIDECAR_TOKEN", null))), StringComparison.Ordinal);
        Assert.Null(Settings.Load(("SIDECAR_TOKEN", null), ("SIDECAR_Access__AllowAnonymous", "true")).Token);
    }

    [Theory]
    [InlineData("127.0.0.2", true)]
    [InlineData("::1", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("10.0.0.1", false)]
    public void R11_Anonymous_is_for_loopback_alone(string address, bool allowed)
    {
        var mistakes = Loading.Mistakes(
            ("SIDECAR_TOKEN", null), ("SIDECAR_Access__AllowAnonymous", "true"), ("SIDECAR_Listen__Addresses__0", address));

        const string Beyond = "SIDECAR_Access__AllowAnonymous is true, but SIDECAR_Listen__Addresses is not only loopback";
        Assert.Equal(allowed ? 0 : 1, mistakes.Count(m => m.StartsWith(Beyond, StringComparison.Ordinal)));
    }

    [Fact]
    public void An_empty_token_in_JSON_is_a_mistake() => Assert.Equal(
        ["Access:Token in SIDECAR_CONFIG is empty; generate a token with `openssl rand -hex 32`"],
        Loading.Mistakes(("SIDECAR_TOKEN", null), ("SIDECAR_CONFIG", """{ "Access": { "Token": "" } }""")));

    [Fact]
    public void A_short_token_is_taken_only_where_it_is_allowed_and_warned_of() => Assert.StartsWith(
        "SIDECAR_TOKEN gives a token of 6 characters, which can be guessed",
        Assert.Single(Loading.Warnings(("SIDECAR_TOKEN", "secret"), ("SIDECAR_Access__AllowShortTokens", "true"))),
        StringComparison.Ordinal);
}
