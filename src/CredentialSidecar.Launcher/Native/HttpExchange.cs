using System.Runtime.InteropServices;
using System.Text;
using CredentialSidecar.Launcher.Waiting;

namespace CredentialSidecar.Launcher.Native;

/// <summary>One request to a literal IPv4 address over a bare socket, without proxies, names or redirects.</summary>
/// <remarks>It never blocks; <see cref="HttpPoll"/> moves it on.</remarks>
internal sealed unsafe class HttpExchange
{
    // The contract's largest body is 9000 bytes; a task's metadata has about 1500 for each container.
    private const int Longest = 64 * 1024;

    private readonly string _request;
    private readonly Func<string?> _objection;
    private readonly StringBuilder _received = new();

    private HttpExchange(int socket, string request, Func<string?> objection) =>
        (Socket, _request, _objection) = (socket, request, objection);

    public int Socket { get; }

    /// <summary>Null while the exchange is under way.</summary>
    public HttpAnswer? Answer { get; private set; }

    public bool IsSent { get; private set; }

    /// <param name="host">Four bytes.</param>
    /// <param name="objection">Asked once the connection stands; a reason not to send the request, or null.</param>
    public static HttpExchange Begin(ReadOnlySpan<byte> host, int port, string request, Func<string?>? objection = null)
    {
        var socket = Libc.socket(Libc.InternetFamily, Libc.StreamSocket | Libc.NonBlocking | Libc.CloseOnExec, 0);
        var exchange = new HttpExchange(socket, request, objection ?? (() => null));
        var address = stackalloc byte[16]
        {
            Libc.InternetFamily, 0, (byte)(port >> 8), (byte)port, host[0], host[1], host[2], host[3], 0, 0, 0, 0, 0, 0, 0, 0,
        };

        if (socket < 0 || (Libc.connect(socket, address, 16) != 0 && Marshal.GetLastPInvokeError() != Errno.InProgress))
        {
            exchange.End(Failed(Marshal.GetLastPInvokeError()));
        }

        return exchange;
    }

    /// <summary>Called when the socket can be written to, or read from once the request is sent.</summary>
    public void Move()
    {
        if (IsSent)
        {
            Receive();
            return;
        }

        int error, length = sizeof(int);
        _ = Libc.getsockopt(Socket, Libc.SocketLevel, Libc.SocketError, &error, &length);

        if (error != 0)
        {
            End(Failed(error));
        }
        else if (_objection() is { } objection)
        {
            End(HttpAnswer.None(objection));
        }
        else
        {
            Send();
        }
    }

    public void End(HttpAnswer answer)
    {
        Answer = answer;
        _ = Libc.close(Socket);
    }

    // A few hundred bytes on a fresh connection always fit into its buffer.
    private void Send()
    {
        fixed (byte* bytes = Encoding.Latin1.GetBytes(_request))
        {
            IsSent = Libc.send(Socket, bytes, _request.Length, Libc.NoSignal) == _request.Length;
        }

        if (!IsSent)
        {
            End(Failed(Marshal.GetLastPInvokeError()));
        }
    }

    private void Receive()
    {
        byte* buffer = stackalloc byte[4096];
        var count = Libc.read(Socket, buffer, 4096);

        if (count > 0)
        {
            _received.Append(Encoding.Latin1.GetString(buffer, (int)count));
        }

        var text = _received.ToString();

        if (count <= 0 || text.Length >= Longest || HttpAnswer.IsWhole(text))
        {
            End(HttpAnswer.Parse(text));
        }
    }

    private static HttpAnswer Failed(int error) => HttpAnswer.None(NativeText.Reason(error));
}
