using System.Net;
using System.Net.Sockets;

namespace CredentialSidecar.Configuration.Settings;

/// <summary>The proxy of the environment, and what goes past it.</summary>
/// <remarks>
/// .NET's own reading takes <c>NO_PROXY=amazonaws.com</c> for that very host, and knows neither networks nor <c>*</c>; here they
/// mean what they mean to botocore, Go and curl.
/// </remarks>
/// <param name="Variable">The variable that named it.</param>
/// <param name="Address">With the user and the password, if it has them.</param>
/// <param name="Direct">The entries of <c>NO_PROXY</c>.</param>
internal sealed record ProxySettings(string Variable, Uri Address, IReadOnlyList<string> Direct)
{
    /// <summary>Whether that host is asked without the proxy.</summary>
    public bool IsDirect(Uri uri) => Direct.Any(entry => Matches(entry, uri));

    // Not the password.
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

        var (name, port) = entry.LastIndexOf(':') is > 0 and var colon && entry[(colon + 1)..] is { Length: > 0 } digits && digits.All(char.IsAsciiDigit) ? (entry[..colon], digits) : (entry, null);
        name = name.StartsWith("*.", StringComparison.Ordinal) ? name[2..] : name.TrimStart('.');

        return name.Length > 0 && (port is null || port == $"{uri.Port}")
            && (uri.Host.Equals(name, StringComparison.OrdinalIgnoreCase) || uri.Host.EndsWith("." + name, StringComparison.OrdinalIgnoreCase));
    }
}
