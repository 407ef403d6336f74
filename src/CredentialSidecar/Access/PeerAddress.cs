using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace CredentialSidecar.Access;

/// <summary>Normalizes the peer addresses that limits are counted by.</summary>
internal static class PeerAddress
{
    /// <summary>The address of a request, or <see cref="IPAddress.None"/> on a Unix socket.</summary>
    public static IPAddress Of(HttpContext http) => http.Connection.RemoteIpAddress ?? IPAddress.None;

    /// <summary>An address for the log and the audit; null stays null.</summary>
    [return: NotNullIfNotNull(nameof(address))]
    public static string? Text(IPAddress? address) => IPAddress.None.Equals(address) ? "the Unix socket" : address?.ToString();

    /// <summary>Maps IPv4-mapped IPv6 to IPv4, and all of loopback to one address, since a sibling can connect from any of them.
    /// Peers on Unix sockets do not have an address and count as one.</summary>
    public static IPAddress Plain(IPAddress? address)
    {
        address = address is null ? IPAddress.None : address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        return IPAddress.IsLoopback(address) ? IPAddress.Loopback : address;
    }
}
