using System.Text;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Reading;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace CredentialSidecar.Tests.Configuration;

/// <summary>Whatever stands in the environment, the loader ends in settings or in mistakes, and never shows a secret.</summary>
public sealed class RandomSettingsTests
{
    private const string Canary = "c4n4ry-0123456789-0123456789-0123";

    private static readonly string[] Names =
    [
        .. ShortNames.All, "SIDECAR_", "SIDECAR___", "SIDECAR_Destinations", "SIDECAR_Destinations__a__Hops__0__RoleArn",
        "SIDECAR_Destinations__a__Hops__1__Tags__0__Key",
        "SIDECAR_Destinations__a__Hops__0__ExternalId", "SIDECAR_Access__Token__x", "SIDECAR_Listen__Addresses__0",
        "SIDECAR_Listen__Addresses", "SIDECAR_Refresh__MinimumRemaining",
        "SIDECAR_Refresh__JitterFraction", "SIDECAR_Source__Kind", "SIDECAR_Logging__Level", "SIDECAR_SERVICE_HOST",
        "AWS_REGION", "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL",
        "ECS_CONTAINER_METADATA_URI_V4", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    ];

    private static readonly string[] Keys =
    [
        "Destinations", "a", "A", "default", "Hops", "RoleArn", "ExternalId", "SessionName", "DurationSeconds", "Tags",
        "Key", "Value", "TransitiveTagKeys", "Policy", "PolicyArns",
        "Region", "Source", "Kind", "Endpoint", "Access", "Token", "TokenFile", "AllowAnonymous", "Listen", "Port",
        "Addresses", "Health", "Refresh", "MinimumRemaining", "Drain", "$schema", "", "x:y", "0",
    ];

    private static readonly string[] Values =
    [
        "", " ", "1", "-1", "0.5", "1e9", "true", "null", "[]", "{}", "\uFEFF{}", "\ud800", "\0", "a\nb", "/", "/tmp",
        "/dev/null", "127.0.0.1", "0.0.0.0", "::1", "tcp://10.0.0.1:80", "5s", "00:00:05",
        "999999.5h", "-00:00:01", "aws", "eu-central-1", "cn-north-1", "TaskRole", "Default",
        "arn:aws:iam::123456789012:role/x", "arn:aws:iam::123456789012:role/x,,", "http://127.0.0.1:1", "http://[",
        "{task_id}", "{", "a{x}",
    ];

    private static readonly Gen<string> Value
        = Gen.OneOf(Gen.Elements(Values), ArbMap.Default.GeneratorFor<string>().Where(s => s is not null));

    // What is as good as a secret: the places for one, and JSON put where a path or a single value belongs.
    private static readonly (string, string)[] Secrets =
    [
        ("SIDECAR_TOKEN", Canary),
        ("SIDECAR_EXTERNAL_ID", Canary),
        ("SIDECAR_TOKEN", Canary + "\n"),
        ("SIDECAR_EXTERNAL_ID", Canary + "*"),
        ("SIDECAR_TOKEN_FILE", Canary),
        ("SIDECAR_CONFIG", $$"""{ "Access": { "Token": "{{Canary}}" } }"""),
        ("SIDECAR_CONFIG", $$"""{ "Access": { "Token": "{{Canary}}" """),
        ("SIDECAR_CONFIG_FILE", $$"""{ "Access": "{{Canary}}" }"""),
        ("SIDECAR_Access", $$"""{ "Token": "{{Canary}}" }"""),
        ("SIDECAR_Destinations", $$"""{ "a": "{{Canary}}" }"""),
        ("SIDECAR_Nothing", Canary),
        ("SIDECAR_Destinations__a__Hops__0", Canary),
        ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", Canary),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", Canary),
        ("AWS_ENDPOINT_URL_STS", $"https://a:{Canary}@b"),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN", Canary),
    ];

    [Fact]
    public void Any_variables_end_in_settings_or_in_mistakes_without_a_secret()
    {
        var variable = Gen.OneOf(
            Gen.Elements(Names).Zip(Value),
            Gen.Elements(Secrets).Select(s => (s.Item1, s.Item2)),
            Gen.Elements(Keys).ListOf().Select(keys => "SIDECAR_" + string.Join("__", keys)).Zip(Value),
            Gen.Constant("SIDECAR_CONFIG").Zip(Json(4)),
            Value.Select(v => "SIDECAR_" + v).Zip(Value));

        Check(variable.ListOf().Select(all => all.DistinctBy(v => v.Item1)), 100);
    }

    [Fact]
    public void Any_JSON_ends_in_settings_or_in_mistakes_without_a_secret() => Check(
        Json(5).Zip(Gen.Elements(Secrets))
            .Select(pair => new[] { ("SIDECAR_CONFIG", pair.Item1), pair.Item2 }.DistinctBy(v => v.Item1)),
        100);

    [Fact]
    public void Any_text_cut_off_anywhere_is_no_crash()
    {
        const string Whole =
            $$"""{ "Destinations": { "a": { "Hops": [ { "RoleArn": "arn:aws:iam::123456789012:role/x",""" +
            $$""" "ExternalId": "{{Canary}}" } ] } } }""";

        for (var length = 0; length <= Whole.Length; length++)
        {
            Assert.True(Holds([("SIDECAR_CONFIG", Whole[..length]), ("SIDECAR_TOKEN", Canary)]));
        }
    }

    private static void Check(Gen<IEnumerable<(string, string)>> variables, int cases) =>
        Prop.ForAll(variables.Select(v => v.ToArray()).ToArbitrary(), all => Holds(all)).Check(Property.Costly(cases));

    private static bool Holds(IReadOnlyList<(string Name, string Value)> variables)
    {
        try
        {
            var environment = new ProcessEnvironment(variables.Select(v => KeyValuePair.Create(v.Name, v.Value)));
            var (settings, warnings) = SettingsLoader.Load(environment);
            return !(settings + string.Concat(warnings)).Contains(Canary, StringComparison.Ordinal);
        }
        catch (ConfigurationMistakesException e)
        {
            return e.Mistakes.Count > 0
                && e.Mistakes.All(mistake => mistake is { Key.Length: > 0, Text.Length: > 0 } && !mistake.ToString().Any(char.IsControl))
                && !e.ToString().Contains(Canary, StringComparison.Ordinal);
        }
    }

    private static Gen<string> Json(int depth)
    {
        var leaf = Gen.OneOf(
            Value.Select(Quote),
            Gen.Elements("null", "true", "1", "-2.5e3", "99999999999999", "{}", "[]", "\"\\ud800\"", "oops"));

        if (depth == 0)
        {
            return leaf;
        }

        var inner = Json(depth - 1);
        var member = Gen.Elements(Keys).Zip(inner).Select(pair => $"{Quote(pair.Item1)}: {pair.Item2}");
        var parent = member.ListOf(3).Select(members => $"{{ {string.Join(", ", members)} }}");
        return Gen.Frequency((4, parent), (1, leaf), (2, inner.ListOf(2).Select(items => $"[ {string.Join(", ", items)} ]")));
    }

    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");

        foreach (var c in text)
        {
            var isPlain = c is >= ' ' and <= '~' and not ('"' or '\\');
            _ = isPlain ? quoted.Append(c) : quoted.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }

        return quoted.Append('"').ToString();
    }
}
