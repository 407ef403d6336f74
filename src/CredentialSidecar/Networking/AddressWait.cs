using System.Net;
using System.Net.Sockets;

namespace CredentialSidecar.Networking;

/// <summary>Waits for an address that does not exist yet: a pod's IPv6 address is tentative for its first seconds.</summary>
internal static class AddressWait
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <param name="waiting">Called once if the address does not exist yet.</param>
    /// <param name="isThere">Default: a socket can be bound to it.</param>
    /// <returns>Whether the address exists.</returns>
    public static async Task<bool> UntilThereAsync(
        IPAddress address, TimeProvider clock, Action waiting, Func<IPAddress, bool>? isThere = null,
        CancellationToken cancellationToken = default)
    {
        isThere ??= CanBind;

        if (isThere(address))
        {
            return true;
        }

        waiting();

        for (var started = clock.GetTimestamp(); clock.GetElapsedTime(started) < Limit;)
        {
            await Task.Delay(Pause, clock, cancellationToken);

            if (isThere(address))
            {
                return true;
            }
        }

        return false;
    }

    private static bool CanBind(IPAddress address)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, 0));
            return true;
        }
        catch (SocketException e)
        {
            // Opening the port reports any other error.
            return e.SocketErrorCode != SocketError.AddressNotAvailable;
        }
    }
}
