using CredentialSidecar.Access;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Testing;

/// <summary>Settings as an operator would write them, read by the real loader.</summary>
internal static class Settings
{
    /// <summary>A canary: every eight characters of it are found by <see cref="SecretScan"/> wherever they turn up.</summary>
    public const string Token = "kQ7vXw2mPz9LrT4nYb8JcD5hGs3FaE6u";
    public const string ReportsRole = "arn:aws:iam::555566667777:role/reports";

    /// <summary>One destination <c>reports</c>, free ports, and a task role endpoint without a listener.</summary>
    public static IReadOnlyDictionary<string, string> Least { get; } = new Dictionary<string, string>
    {
        ["SIDECAR_Destinations__reports__Hops__0__RoleArn"] = ReportsRole,
        ["SIDECAR_TOKEN"] = Token,
        ["SIDECAR_PORT"] = "0",
        ["SIDECAR_HEALTH_PORT"] = "0",
        ["AWS_REGION"] = "eu-central-1",

        // It would be one more who waits for time; its own test asks for it.
        ["SIDECAR_Health__NoClientAfter"] = "0s",
        ["SIDECAR_SOURCE_ENDPOINT"] = "http://127.0.0.1:1",
        ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/v2/credentials/none",
    };

    /// <summary>The variables that describe a destination, its hops in order.</summary>
    public static IEnumerable<(string Name, string? Value)> Destination(string name, params IEnumerable<string> roles) =>
        roles.Select((role, i) => ($"SIDECAR_Destinations__{name}__Hops__{i}__RoleArn", (string?)role));

    /// <summary>Takes away the destination of <see cref="Least"/>.</summary>
    public static IEnumerable<(string Name, string? Value)> NoReports { get; } =
        [("SIDECAR_Destinations__reports__Hops__0__RoleArn", null)];

    /// <param name="changes">Variables to set on top of <see cref="Least"/>; null takes one away.</param>
    public static ProcessEnvironment Environment(params IEnumerable<(string Name, string? Value)> changes)
    {
        var variables = new Dictionary<string, string>(Least);

        foreach (var (name, value) in changes)
        {
            _ = value is null ? variables.Remove(name) : (variables[name] = value) is not null;
        }

        return new ProcessEnvironment(variables);
    }

    /// <summary>The settings with the tokens that siblings find in their directories.</summary>
    public static SidecarSettings Install(SidecarSettings settings, string launcher = "/nowhere", bool isRestart = false,
        Findings? findings = null) =>
        settings with { Access = SharedDirectory.Install(settings.Access, settings.NameOf, launcher, isRestart, findings) };

    public static SidecarSettings Load(params IEnumerable<(string Name, string? Value)> changes) =>
        SettingsLoader.Load(Environment(changes)).Settings;
}
