using System.Globalization;

namespace CredentialSidecar.Launcher.Arguments;

/// <summary>Where the sidecar serves: scheme, host and port.</summary>
internal sealed class Endpoint(bool secure, string host, int port)
{
    public const string Loopback = "127.0.0.1";

    public static ReadOnlySpan<byte> LoopbackBytes => [127, 0, 0, 1];

    /// <summary>Over TLS, which the launcher does not speak itself.</summary>
    public bool Secure => secure;

    public int Port => port;

    public string FullUri(string? destination)
    {
        var standard = port == (secure ? 443 : 80);
        var portPart = standard ? "" : ":" + port.ToString(CultureInfo.InvariantCulture);
        return (secure ? "https://" : "http://") + host + portPart + PathOf(destination);
    }

    public static string PathOf(string? destination) =>
        destination is null ? FixedNames.CredentialsPath : FixedNames.CredentialsPath + "/" + destination;

    /// <summary>Reads <c>http://127.0.0.1:9170</c> or <c>https://anything</c>.</summary>
    /// <param name="why">What is wrong, as text that follows the setting's name.</param>
    public static Endpoint? Read(string text, out string why)
    {
        var secure = text.StartsWith("https://", StringComparison.Ordinal);
        var rest = secure ? text[8..] : text.StartsWith("http://", StringComparison.Ordinal) ? text[7..] : "";
        rest = rest.EndsWith('/') ? rest[..^1] : rest;

        // The colon of a port stands behind the bracket of an IPv6 address.
        var colon = rest.LastIndexOf(':') is var last && last > rest.LastIndexOf(']') ? last : -1;
        var host = colon < 0 ? rest : rest[..colon];
        var port = secure ? 443 : 80;
        why = "";

        if (host.Length == 0 || rest.AsSpan().ContainsAny("/?#@ ") || !IsPrintable(rest))
        {
            why = "must be scheme, host and port and nothing else, such as http://127.0.0.1:9170; the path comes from --destination.";
        }
        else if (colon >= 0 && !Numbers.TryPort(rest[(colon + 1)..], out port))
        {
            why = $"has a port that is {Numbers.PortsExpected}.";
        }
        else if (!secure && host != Loopback)
        {
            why = HostRules.WhyNot(host);
        }

        return why.Length == 0 ? new Endpoint(secure, host, port) : null;
    }

    private static bool IsPrintable(string text) => !text.AsSpan().ContainsAnyExceptInRange('!', '~');
}
