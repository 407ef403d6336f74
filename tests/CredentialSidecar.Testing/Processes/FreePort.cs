using System.Net;
using System.Net.Sockets;

namespace CredentialSidecar.Testing.Processes;

/// <summary>Ports for programs that cannot choose one themselves, and for those that nobody shall listen on.</summary>
internal static class FreePort
{
    /// <summary>A port that was free a moment ago.</summary>
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
