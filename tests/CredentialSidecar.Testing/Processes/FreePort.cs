using System.Net;
using System.Net.Sockets;

namespace CredentialSidecar.Testing.Processes;

/// <summary>Ports for programs that cannot choose a port themselves, and ports without a listener.</summary>
internal static class FreePort
{
    // Test programs that run at the same time begin far from each other.
    private static int _next = Environment.ProcessId * 61 % 12_000;

    /// <summary>A port that the kernel gives to no connection by itself, and that this process has not found before.</summary>
    public static int Reserve()
    {
        while (true)
        {
            var port = 20_000 + ((Interlocked.Increment(ref _next) & int.MaxValue) % 12_000);

            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody listens there; so the next one.
            }
        }
    }

    /// <summary>A port that was free a moment ago.</summary>
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
