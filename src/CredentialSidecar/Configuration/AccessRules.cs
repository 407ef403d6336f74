using System.Net;

namespace CredentialSidecar.Configuration;

/// <summary>Finds the authorization token, or says why there is none to be had.</summary>
internal static class AccessRules
{
    /// <returns>The token; null where anyone on loopback may read, or where a mistake was found.</returns>
    public static string? ReadToken(SidecarOptions options, ConfigurationLayers layers, Findings findings)
    {
        var access = options.Access;
        var (tokenKey, fileKey, anonymousKey) = (layers.NameOf("Access:Token"), layers.NameOf("Access:TokenFile"), layers.NameOf("Access:AllowAnonymous"));

        findings.Require(access.Token is null || access.TokenFile is null, fileKey, $"is set beside {tokenKey}; keep one of them");

        if (access.AllowAnonymous)
        {
            findings.Require(access.Token is null && access.TokenFile is null, anonymousKey, "is true although a token is set; keep one of them");
            findings.Require(options.Listen.Addresses.TrueForAll(IsLoopback), anonymousKey,
                $"is true, but {layers.NameOf("Listen:Addresses")} reaches beyond loopback; there a token is always asked for");
            return null;
        }

        if (access.Token is null && access.TokenFile is null)
        {
            findings.Wrong("SIDECAR_TOKEN", "is not set, and neither is SIDECAR_TOKEN_FILE; set one of them, or SIDECAR_Access__AllowAnonymous=true to serve whoever can connect");
            return null;
        }

        var (key, token) = access.Token is null ? (fileKey, ReadFile(access.TokenFile!, fileKey, findings)) : (tokenKey, access.Token);

        if (token is null)
        {
            return null;
        }

        // botocore, Go, Java, JS and the CRT send no request at all with a token that has a line end (contract R12).
        findings.Require(!token.AsSpan().ContainsAny('\r', '\n'), key,
            $"holds a line end, with which most SDKs refuse to send the token{(access.Token is null ? "; write the file without one: printf %s \"$TOKEN\" > file" : "")}");
        findings.Require(token.Length > 0 && token.AsSpan().Trim().Length == token.Length && token.All(c => c is >= ' ' and <= '~' or '\r' or '\n'), key,
            "is empty or holds something other than visible ASCII; generate one with: openssl rand -hex 32");
        return token;
    }

    private static bool IsLoopback(string address) => IPAddress.TryParse(address, out var ip) && IPAddress.IsLoopback(ip);

    private static string? ReadFile(string path, string key, Findings findings)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            findings.Wrong(key, $"is '{path}', which uid {(OperatingSystem.IsLinux() ? UserId() : "?")} cannot read: {e.Message}");
            return null;
        }
    }

    private static string UserId() =>
        File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("Uid:", StringComparison.Ordinal))?.Split('\t')[1] ?? "?";
}
