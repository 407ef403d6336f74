using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Configuration.Rules;

/// <summary>Finds the proxy for STS in the environment, in the order of .NET and curl: lower case first.</summary>
internal static class ProxyRules
{
    private static readonly string[] Schemes = ["http", "https", "socks4", "socks4a", "socks5"];

    /// <param name="scheme">Of the address that is to be asked, which has a variable of its own.</param>
    public static ProxySettings? Find(string scheme, ProcessEnvironment environment, Findings findings)
    {
        string[] variables = [$"{scheme}_proxy", $"{scheme.ToUpperInvariant()}_PROXY", "all_proxy", "ALL_PROXY"];

        if (Array.Find(variables, name => environment[name] is not null) is not { } variable)
        {
            return null;
        }

        // Without a scheme it is an http proxy. .NET silently ignores a proxy with an unknown scheme.
        var text = environment[variable]!.Trim();
        var full = text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}";

        if (!Uri.TryCreate(full, UriKind.Absolute, out var address) || !Schemes.Contains(address.Scheme) || address.Host.Length == 0)
        {
            // Not shown: it may hold a password.
            findings.Wrong(variable, $"is not a proxy address; expected http://host:port (or {string.Join(", ", Schemes.Skip(1))})");
            return null;
        }

        var direct = environment["no_proxy"] ?? environment["NO_PROXY"] ?? "";
        return new ProxySettings(variable, address,
            direct.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }
}
