using System.Net;
using System.Net.Sockets;

namespace CredentialSidecar.Configuration.Settings;

/// <summary>The proxy from the environment, and the hosts that do not use it.</summary>
/// <remarks>
/// .NET reads <c>NO_PROXY=amazonaws.com</c> as only that host, and supports neither networks nor <c>*</c>. This class follows
/// botocore, Go and curl.
/// </remarks>
/// <param name="Variable">The variable that named it.</param>
/// <param name="Address">With the user and the password, if it has them.</param>
/// <param name="Direct">The entries of <c>NO_PROXY</c>.</param>
internal sealed record ProxySettings(string Variable, Uri Address, IReadOnlyList<string> Direct)
{
    /// <summary>Whether requests to this host do not use the proxy.</summary>
    public bool IsDirect(Uri uri) => Direct.Any(entry => Matches(entry, uri));

    // Without the password.
    public override string ToString() => $"{Address.Scheme}://{Address.Authority}";

    private static bool Matches(string entry, Uri uri)
    {
        if (entry == "*")
        {
            return true;
        }

        if (IPAddress.TryParse(uri.DnsSafeHost, out var address))
        {
            return entry.Contains('/', StringComparison.Ordinal) ? IPNetwork.TryParse(entry, out var network) && network.Contains(address)
                : IPAddress.TryParse(entry.Trim('[', ']'), out var same) && same.Equals(address);
        }

        var (name, port) = entry.LastIndexOf(':') is > 0 and var colon
            && entry[(colon + 1)..] is { Length: > 0 } digits
            && digits.All(char.IsAsciiDigit) ? (entry[..colon], digits) : (entry, null);
        name = name.StartsWith("*.", StringComparison.Ordinal) ? name[2..] : name.TrimStart('.');

        return name.Length > 0 && (port is null || port == $"{uri.Port}")
            && (uri.Host.Equals(name, StringComparison.OrdinalIgnoreCase)
                || uri.Host.EndsWith("." + name, StringComparison.OrdinalIgnoreCase));
    }
}
