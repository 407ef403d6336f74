using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace CredentialSidecar.Conformance.Parts;

/// <summary>Stands between two programs and remembers what passed, so that requests are counted without asking either.</summary>
internal sealed partial class Forwarder : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<StringBuilder> _sent = [];
    private readonly ConcurrentBag<StringBuilder> _answered = [];
    private readonly Uri _target;
    private readonly Task _accepting;

    private Forwarder(Uri target, IPAddress address)
    {
        (_target, _listener) = (target, new(address, 0));
        _listener.Start();
        Address = new Uri($"http://{_listener.LocalEndpoint}");
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>How many requests have come.</summary>
    public int Requests => _sent.Sum(sent => RequestLine().Count(Read(sent)));

    /// <summary>All that was asked.</summary>
    public string Questions => string.Concat(_sent.Select(Read));

    /// <summary>All that was answered.</summary>
    public string Answers => string.Concat(_answered.Select(Read));

    /// <param name="address">Where it listens; null is loopback.</param>
    public static Forwarder To(Uri target, IPAddress? address = null) => new(target, address ?? IPAddress.Loopback);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _stop.Dispose();
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();

        try
        {
            while (true)
            {
                connections.Add(ForwardAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ForwardAsync(TcpClient client)
    {
        var (sent, answered) = (new StringBuilder(), new StringBuilder());
        _sent.Add(sent);
        _answered.Add(answered);

        try
        {
            using var inner = client;
            using var server = new TcpClient();
            await server.ConnectAsync(_target.Host, _target.Port, _stop.Token);
            await Task.WhenAny(PumpAsync(client, server, sent), PumpAsync(server, client, answered));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // Either side is gone, which the other one sees as the end of its connection.
        }
    }

    private async Task PumpAsync(TcpClient from, TcpClient to, StringBuilder kept)
    {
        try
        {
            var buffer = new byte[16 * 1024];

            while (await from.GetStream().ReadAsync(buffer, _stop.Token) is > 0 and var count)
            {
                lock (kept)
                {
                    kept.Append(Encoding.Latin1.GetString(buffer, 0, count));
                }

                await to.GetStream().WriteAsync(buffer.AsMemory(0, count), _stop.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // As above.
        }
    }

    [GeneratedRegex(@"^[A-Z]+ \S+ HTTP/1\.1\r$", RegexOptions.Multiline)]
    private static partial Regex RequestLine();
}
