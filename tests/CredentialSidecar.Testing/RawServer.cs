using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CredentialSidecar.Testing;

/// <summary>Answers every connection with the bytes it was given, whatever was asked: an agent or an STS gone wrong.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, Stream, CancellationToken, Task> _answer;
    private readonly Func<Stream, Task<Stream>>? _secure;
    private readonly Task _accepting;
    private int _requests;

    private RawServer(Func<string, Stream, CancellationToken, Task> answer, IPEndPoint at, Func<Stream, Task<Stream>>? secure)
    {
        (_answer, _listener, _secure) = (answer, new TcpListener(at), secure);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Uri => new($"http://{_listener.LocalEndpoint}");

    public int Requests => _requests;

    /// <summary>Answers with a status and a body of that type.</summary>
    public static RawServer Http(int status, string body, string type = "application/json", string headers = "")
    {
        var length = Encoding.UTF8.GetByteCount(body);
        var head = $"HTTP/1.1 {status} X\r\nContent-Type: {type}\r\nContent-Length: {length}\r\n{headers}Connection: close\r\n\r\n";
        return Custom((_, stream, stop) => stream.WriteAsync(Encoding.UTF8.GetBytes(head + body), stop).AsTask());
    }

    /// <summary>Is given the head of each request.</summary>
    /// <param name="at">Default: 127.0.0.1, on a free port.</param>
    /// <param name="secure">Puts TLS over a connection; default: none.</param>
    public static RawServer Custom(
        Func<string, Stream, CancellationToken, Task> answer, IPEndPoint? at = null, Func<Stream, Task<Stream>>? secure = null) =>
        new(answer, at ?? new IPEndPoint(IPAddress.Loopback, 0), secure);

    /// <summary>Frees the port; connections that stand go on.</summary>
    public void StopListening() => _listener.Stop();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();

        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await using var stream = _secure is null ? client.GetStream() : await _secure(client.GetStream());
                var buffer = new byte[64 * 1024];
                var head = new StringBuilder();

                while (!head.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
                {
                    var read = await stream.ReadAsync(buffer, _stop.Token);

                    if (read == 0)
                    {
                        return;
                    }

                    head.Append(Encoding.UTF8.GetString(buffer, 0, read));
                }

                Interlocked.Increment(ref _requests);
                await _answer(head.ToString(), stream, _stop.Token);
            }
            catch (Exception e) when (e
                is IOException or OperationCanceledException or SocketException or System.Security.Authentication.AuthenticationException)
            {
                // The other side left, or the test is over.
            }
        }
    }
}
