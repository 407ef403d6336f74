using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using CredentialSidecar.Configuration.Options;

namespace CredentialSidecar.Configuration.Rules;

/// <summary>Rejects a source or an agent that is the sidecar itself, which would call itself.</summary>
internal static class OwnAddress
{
    public static void Refuse(string path, Uri? uri, SidecarOptions options, Findings findings)
    {
        // Compare the port first, so that most names need no look-up.
        if (uri is not null && uri.Port == options.Listen.Port && AddressesOf(uri).Any(address => IsOurs(address, options.Listen)))
        {
            findings.Wrong(path, $"is {uri.Scheme}://{uri.Authority}, which is this sidecar itself; "
                + (path == "Source:Endpoint"
                    ? "set it to the ECS agent's address, or remove it"
                    : "set AWS_CONTAINER_CREDENTIALS_FULL_URI in the siblings, not here"));
        }
    }

    private static bool IsOurs(IPAddress address, ListenOptions listen)
    {
        var listed = listen.Addresses.Select(text => IPAddress.TryParse(text, out var ip) ? ip : IPAddress.None).ToArray();

        return IPAddress.IsLoopback(address) || IsAny(address) || listed.Contains(address)
            || (listed.Any(IsAny)
                && IPGlobalProperties.GetIPGlobalProperties().GetUnicastAddresses().Any(own => own.Address.Equals(address)));
    }

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static IPAddress[] AddressesOf(Uri uri)
    {
        try
        {
            // A look-up rejects 0.0.0.0 and ::, which Linux connects to loopback.
            var addresses = IPAddress.TryParse(uri.DnsSafeHost, out var literal) ? [literal] : Dns.GetHostAddresses(uri.DnsSafeHost);
            return [.. addresses.Select(address => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)];
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            return [];
        }
    }
}
