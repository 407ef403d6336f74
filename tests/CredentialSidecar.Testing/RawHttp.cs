using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CredentialSidecar.Testing;

/// <summary>Sends bytes that no HTTP client would.</summary>
internal static class RawHttp
{
    /// <returns>All that came back until the other side closed the connection.</returns>
    public static Task<string> AskAsync(Uri server, string request) => AskAsync(new DnsEndPoint(server.Host, server.Port), request);

    /// <returns>All that came back until the other side closed the connection.</returns>
    public static async Task<string> AskAsync(EndPoint server, string request)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        using var socket = server is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server, limit.Token);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request), limit.Token);
        using var answer = new MemoryStream();
        await stream.CopyToAsync(answer, limit.Token);
        return Encoding.UTF8.GetString(answer.ToArray());
    }
}
