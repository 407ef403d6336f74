extern alias sidecar;

using System.Text.RegularExpressions;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Rules;
using CredentialSidecar.Launcher.Arguments;
using CredentialSidecar.Launcher.Plan;
using CredentialSidecar.Launcher.Tokens;
using Xunit;
using DestinationName = sidecar::CredentialSidecar.Shared.DestinationName;
using TokenRule = sidecar::CredentialSidecar.Shared.TokenRule;

namespace CredentialSidecar.Tests.Agreement;

/// <summary>The sidecar, its doctor and the launcher judge tokens and names alike.</summary>
public sealed partial class AgreementTests
{
    private const string Good = "0123456789abcdef0123456789abcdef";

    public static TheoryData<string, bool> Tokens => new()
    {
        { Good, true },
        { "short", true },
        { "Bearer " + Good, true },
        { Good + " " + Good, true },
        { "$" + Good + "}{", true },
        { "}${" + Good, true },
        { new string('x', 4096), true },
        { new string('x', 4097), false },
        { "", false },
        { "\"", true },
        { "\"\"", false },
        { $"'{Good}'", false },
        { Good + "\n", false },
        { Good + "\t", false },
        { "\u00a0" + Good, false },
        { Good + "\u007f", false },
        { "0123\u0001" + Good, false },
        { "arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:x", false },
        { "${TOKEN}", false },
        { "a$(cat token)b", false },
    };

    [Theory]
    [MemberData(nameof(Tokens))]
    public void The_sidecar_and_the_launcher_accept_the_same_tokens(string token, bool isGood)
    {
        var findings = new Findings();
        TokenText.Check(token, "Access:Token", fromFile: false, allowShort: true, findings);

        Assert.Equal((isGood, isGood), (findings.Mistakes.Count == 0, TokenForm.Mistake(token) is null));
    }

    [Theory]
    [InlineData("Bearer x", "Bearer")]
    [InlineData("bEARER x", "Bearer")]
    [InlineData("Digest ", "Digest")]
    [InlineData("Bearer", null)]
    [InlineData("Bearerx", null)]
    [InlineData("x Bearer x", null)]
    public void A_scheme_is_a_known_word_with_a_blank_behind_it(string token, string? scheme) =>
        Assert.Equal(scheme, TokenRule.SchemeOf(token));

    [Theory]
    [InlineData("reports")]
    [InlineData("-_09az")]
    [InlineData("Reports")]
    [InlineData("a/b")]
    [InlineData("reports\n")]
    [InlineData("\u00e4")]
    [InlineData("\u0661")]
    public void The_launcher_accepts_the_names_that_the_schema_accepts(string name)
    {
        foreach (var text in (string[])[name, name.PadRight(64, 'x'), name.PadRight(65, 'x')])
        {
            var mistakes = new List<CredentialSidecar.Launcher.Mistake>();
            _ = new SettingsReader(CommandLine.Parse(["--destination", text, "--", "true"]), new Variables([]), mistakes).Read();

            Assert.Equal(Schema().IsMatch(text), DestinationName.IsValid(text));
            Assert.Equal(Schema().IsMatch(text), mistakes.Count == 0);
        }
    }

    [Fact]
    public void A_name_has_a_character() => Assert.False(DestinationName.IsValid(""));

    // The pattern of docs/configuration.schema.json, with .NET's sign for the very end.
    [GeneratedRegex(@"^[a-z0-9_-]{1,64}\z")]
    private static partial Regex Schema();
}
