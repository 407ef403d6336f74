using System.Net.Sockets;
using System.Text;

namespace CredentialSidecar.Testing;

/// <summary>Sends bytes that no HTTP client would.</summary>
internal static class RawHttp
{
    /// <returns>All that came back until the other side closed the connection.</returns>
    public static async Task<string> AskAsync(Uri server, string request)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port, limit.Token);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request), limit.Token);
        using var answer = new MemoryStream();
        await stream.CopyToAsync(answer, limit.Token);
        return Encoding.UTF8.GetString(answer.ToArray());
    }
}
