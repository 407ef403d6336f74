using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Testing;

namespace CredentialSidecar.Tests.Configuration;

/// <summary>What the real loader says of the least configuration with some changes.</summary>
internal static class Loading
{
    public const string Role = "SIDECAR_Destinations__reports__Hops__0__RoleArn";

    /// <summary>Each mistake as it would be printed; none where the settings are good.</summary>
    public static IReadOnlyList<string> Mistakes(params IEnumerable<(string Name, string? Value)> changes) => MistakesWith(null, changes);

    public static IReadOnlyList<string> MistakesWith(string? file, params IEnumerable<(string Name, string? Value)> changes)
    {
        try
        {
            SettingsLoader.Load(Settings.Environment(changes), file);
            return [];
        }
        catch (ConfigurationMistakesException e)
        {
            return [.. e.Mistakes.Select(mistake => mistake.ToString())];
        }
    }

    /// <summary>With the destinations in JSON alone.</summary>
    public static IReadOnlyList<string> MistakesInJson(string json) => Mistakes((Role, null), ("SIDECAR_CONFIG", json));

    public static SidecarSettings LoadJson(string json) => Settings.Load((Role, null), ("SIDECAR_CONFIG", json));

    public static IReadOnlyList<string> Warnings(params IEnumerable<(string Name, string? Value)> changes) =>
        [.. SettingsLoader.Load(Settings.Environment(changes)).Warnings.Select(warning => warning.ToString())];

    /// <summary>A destination of one hop.</summary>
    public static string Hop(string more, string role = "arn:aws:iam::123456789012:role/one") =>
        $$"""{ "Destinations": { "one": { "Hops": [ { "RoleArn": "{{role}}", {{more}} } ] } } }""";
}
