using System.Net;

namespace CredentialSidecar.Access;

/// <summary>One spelling for each address that limits are counted by.</summary>
internal static class PeerAddress
{
    /// <summary>IPv4 without the mapping into IPv6, and one address for all of loopback, since a sibling can connect from each of them.</summary>
    public static IPAddress? Plain(IPAddress? address)
    {
        address = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        return address is not null && IPAddress.IsLoopback(address) ? IPAddress.Loopback : address;
    }
}
