using CredentialSidecar.Configuration.Reading;

namespace CredentialSidecar.Configuration.Rules;

/// <summary>Describes the valid values of a setting; the same text for an unreadable value and for one out of range.</summary>
internal static class Ranges
{
    public const string Port = "a port number (0-65535)";
    public const string FixedPort = "a port number (1-65535)";

    private static readonly Dictionary<string, string> ByPath = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Listen:Port"] = Port,
        ["Health:Port"] = Port,
        ["Listen:Tls:Port"] = Port,
        ["Interception:Port"] = FixedPort,
        ["Interception:SidecarUid"] = "a uid (0-2147483647)",
        ["Access:RequestsPerSecond"] = "a whole number (100-100000)",
        ["Refresh:RenewAtFraction"] = "a number (0.1-0.9)",
        ["Refresh:MaxConcurrentCalls"] = "a whole number (1-1000)",
        ["Refresh:JitterFraction"] = "a number (0-0.5)",
        ["Drain"] = Time("0s-2m"),
        ["Access:TokenGrace"] = Time("0s-24h"),
        ["Health:NoClientAfter"] = Time("0s-24h"),
        ["Refresh:MinimumRemaining"] = Time("16m-50m"),
        ["Refresh:StartSpread"] = Time("0s-1m"),
        ["Sts:Timeout"] = Time("1s-30s"),
        ["Sts:ConnectTimeout"] = Time("500ms-10s"),
    };

    /// <summary>What a setting of that type at that path takes.</summary>
    public static string Of(string path, Type type) =>
        ByPath.TryGetValue(path, out var range) ? range
        : path.EndsWith(":DurationSeconds", StringComparison.OrdinalIgnoreCase) ? "a whole number of seconds (1500-43200)"
        : Scalars.Expected(type);

    private static string Time(string range) => $"a time such as 5s, 20m, 1h or 00:00:05 ({range})";
}
