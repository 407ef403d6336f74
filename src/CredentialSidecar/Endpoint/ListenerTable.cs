using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Endpoint;

/// <summary>All listeners.</summary>
/// <remarks>
/// Kestrel opens these rows. At start, the sidecar waits for their addresses, logs them, and reports a port that is in use.
/// </remarks>
internal static class ListenerTable
{
    public static IReadOnlyList<Listener> Of(SidecarSettings settings) =>
    [
        .. Served(ListenerKind.Credentials, "Listen", settings.Listen.Port, settings.Listen.Addresses),
        .. settings.Listen.Sockets.Select(socket =>
            new Listener(ListenerKind.Socket, new UnixDomainSocketEndPoint(socket.Path), "Listen:Socket")),
        .. settings.Listen.Tls is { } tls ? Served(ListenerKind.Tls, "Listen:Tls", tls.Port, tls.Addresses) : [],
        new(ListenerKind.Health, new IPEndPoint(IPAddress.Loopback, settings.Health.Port), "Health:Port"),
        .. settings.Health.Address.Equals(IPAddress.Loopback) ? Array.Empty<Listener>()
            : [new(ListenerKind.Probes, new IPEndPoint(settings.Health.Address, settings.Health.Port), "Health:Port", "Health:Address")],
        .. settings.Intercepted.Select(Redirected),
        .. settings.Control.Socket is { } path ? [new(ListenerKind.Control, new UnixDomainSocketEndPoint(path), settings.Control.Key)]
            : Array.Empty<Listener>(),
    ];

    private static Listener Redirected(InterceptedUser user) =>
        new(ListenerKind.Intercepted, new IPEndPoint(IPAddress.Loopback, user.Port), $"Interception:Uids:{user.Uid}") { User = user };

    private static IEnumerable<Listener> Served(ListenerKind kind, string section, int port, ImmutableArray<IPAddress> addresses)
    {
        return (addresses, port) switch
        {
            ([_, ..], _) => addresses.Select((address, i) => Row(address, $"{section}:Addresses:{i}")),

            // A port chosen by the system would differ for each address.
            (_, 0) => [Row(IPAddress.Loopback)],
            _ => HasIPv6Loopback() ? [Row(IPAddress.Loopback), Row(IPAddress.IPv6Loopback)] : [Row(IPAddress.Loopback)],
        };

        Listener Row(IPAddress address, string? key = null) => new(kind, new IPEndPoint(address, port), $"{section}:Port", key);
    }

    // Many containers have no ::1, which is fine. A test bind would also fail if another process holds the port.
    private static bool HasIPv6Loopback() =>
        IPGlobalProperties.GetIPGlobalProperties().GetUnicastAddresses().Any(own => own.Address.Equals(IPAddress.IPv6Loopback));
}
