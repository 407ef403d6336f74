using CredentialSidecar.Launcher.Plan;
using CredentialSidecar.Launcher.Waiting;

namespace CredentialSidecar.Launcher.Metadata;

/// <summary>The region that the program gets when the launcher keeps it from asking instance metadata for one.</summary>
internal static class Region
{
    public static readonly string[] Names = ["AWS_REGION", "AWS_DEFAULT_REGION"];

    /// <param name="exists">Whether there is a file of that name.</param>
    public static bool IsWanted(Variables environment, bool allowImds, Func<string, bool> exists) =>
        EnvironmentPlan.DisablesMetadata(environment, allowImds)
        && Array.TrueForAll(Names, name => string.IsNullOrEmpty(environment[name]))
        && !(ConfigFile(environment) is { } file && exists(file));

    /// <summary>A region becomes part of host names, so nothing else may pass: eu-central-1, us-gov-west-1.</summary>
    public static bool IsOne(string text) => text.Length is > 4 and < 32
        && char.IsAsciiLetterLower(text[0]) && char.IsAsciiDigit(text[^1]) && text.Contains('-', StringComparison.Ordinal)
        && Array.TrueForAll(text.ToCharArray(), c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    /// <summary>The region in the sidecar's /status: of the destination's first hop.</summary>
    public static string? InStatus(HttpAnswer answer, string? destination)
    {
        var from = destination is null ? 0 : answer.Body.IndexOf($"\"name\": \"{destination}\"", StringComparison.Ordinal);
        var region = answer.Status == 200 && from >= 0 ? JsonText.Member("{" + answer.Body[from..], "region") : null;
        return region is not null && IsOne(region) ? region : null;
    }

    private static string? ConfigFile(Variables environment) => environment["AWS_CONFIG_FILE"] is { Length: > 0 } named ? named
        : environment["HOME"] is { Length: > 0 } home ? home + "/.aws/config"
        : null;
}
