using System.Runtime.InteropServices;
using System.Text;
using CredentialSidecar.Launcher.Waiting;

namespace CredentialSidecar.Launcher.Native;

/// <summary>One request to 127.0.0.1 over a bare socket: no proxy, no names, no redirects.</summary>
internal static unsafe class LoopbackHttp
{
    /// <summary>What most SDKs allow, connecting and reading each, in milliseconds.</summary>
    private const int Limit = 1000;

    // The contract's largest body is 9000 bytes.
    private const int Longest = 64 * 1024;

    public static HttpAnswer Ask(int port, string request)
    {
        var socket = Libc.socket(Libc.InternetFamily, Libc.StreamSocket | Libc.NonBlocking | Libc.CloseOnExec, 0);

        if (socket < 0)
        {
            return Failed(Marshal.GetLastPInvokeError());
        }

        var answer = Connect(socket, port) ?? Send(socket, request) ?? Receive(socket);
        _ = Libc.close(socket);
        return answer;
    }

    public static void Pause(int milliseconds) => Libc.poll(null, 0, milliseconds);

    private static HttpAnswer? Connect(int socket, int port)
    {
        var address = stackalloc byte[16] { Libc.InternetFamily, 0, (byte)(port >> 8), (byte)port, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0 };

        if (Libc.connect(socket, address, 16) == 0)
        {
            return null;
        }

        if (Marshal.GetLastPInvokeError() is not Errno.InProgress and var error)
        {
            return Failed(error);
        }

        if (!IsReady(socket, Libc.Out, Limit))
        {
            return Late();
        }

        int result, length = sizeof(int);
        _ = Libc.getsockopt(socket, Libc.SocketLevel, Libc.SocketError, &result, &length);
        return result == 0 ? null : Failed(result);
    }

    // A few hundred bytes on a fresh connection always fit into its buffer.
    private static HttpAnswer? Send(int socket, string request)
    {
        fixed (byte* bytes = Encoding.Latin1.GetBytes(request))
        {
            return Libc.send(socket, bytes, request.Length, Libc.NoSignal) == request.Length ? null : Failed(Marshal.GetLastPInvokeError());
        }
    }

    private static HttpAnswer Receive(int socket)
    {
        var bytes = new byte[Longest];
        var length = 0;
        var end = Environment.TickCount64 + Limit;

        fixed (byte* buffer = bytes)
        {
            while (length < Longest && !HttpAnswer.IsWhole(Encoding.Latin1.GetString(bytes, 0, length)))
            {
                if (!IsReady(socket, Libc.In, (int)(end - Environment.TickCount64)))
                {
                    return Late();
                }

                var count = Libc.read(socket, buffer + length, Longest - length);

                if (count <= 0)
                {
                    break;
                }

                length += (int)count;
            }
        }

        return HttpAnswer.Parse(Encoding.Latin1.GetString(bytes, 0, length));
    }

    private static bool IsReady(int socket, short wanted, int milliseconds)
    {
        var waited = new Libc.Waited { Descriptor = socket, Wanted = wanted };
        return milliseconds > 0 && Libc.poll(&waited, 1, milliseconds) > 0;
    }

    private static HttpAnswer Late() => HttpAnswer.None("no answer within a second");

    private static HttpAnswer Failed(int error) => HttpAnswer.None(NativeText.Reason(error));
}
