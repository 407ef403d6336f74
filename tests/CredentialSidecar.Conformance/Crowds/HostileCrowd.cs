using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CredentialSidecar.Conformance.Crowds;

/// <summary>Connections that are held open in a hostile way, and opened again when the other side closes them.</summary>
internal sealed class HostileCrowd : IAsyncDisposable
{
    private static readonly byte[] Rejected = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(
        "GET /v1/credentials/default HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: wrong\r\n\r\n", 200)));

    private readonly CancellationTokenSource _end = new();
    private readonly List<Task> _holders = [];
    private int _opened;

    /// <summary>How many connections were opened so far.</summary>
    public int Opened => Volatile.Read(ref _opened);

    /// <param name="sends">Whether each sends many requests that are rejected, and reads no answer; otherwise it sends nothing.</param>
    public void Hold(IPEndPoint server, int connections, bool sends) =>
        _holders.AddRange(Enumerable.Range(0, connections).Select(_ => HoldAsync(server, sends)));

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_holders);
        _end.Dispose();
    }

    private async Task HoldAsync(IPEndPoint server, bool sends)
    {
        await Task.Yield();
        var nothing = new byte[1];

        while (!_end.IsCancellationRequested)
        {
            using var client = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);

            try
            {
                await client.ConnectAsync(server, _end.Token);
                Interlocked.Increment(ref _opened);

                if (sends)
                {
                    await client.SendAsync(Rejected, _end.Token);
                }

                // Of what comes back nothing is read but the end.
                while (client.Connected && !client.Poll(0, SelectMode.SelectError))
                {
                    await Task.Delay(100, _end.Token);

                    if (sends)
                    {
                        await client.SendAsync(Rejected, _end.Token);
                    }
                    else if (client.Poll(0, SelectMode.SelectRead) && await client.ReceiveAsync(nothing, _end.Token) == 0)
                    {
                        break;
                    }
                }
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // Closed by the other side, or the test has ended.
            }
        }
    }
}
