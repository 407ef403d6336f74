using System.Net;

namespace CredentialSidecar.Access;

/// <summary>Normalizes the peer addresses that limits are counted by.</summary>
internal static class PeerAddress
{
    /// <summary>Maps IPv4-mapped IPv6 to IPv4, and all of loopback to one address, since a sibling can connect from any of them.</summary>
    public static IPAddress? Plain(IPAddress? address)
    {
        address = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        return address is not null && IPAddress.IsLoopback(address) ? IPAddress.Loopback : address;
    }
}
