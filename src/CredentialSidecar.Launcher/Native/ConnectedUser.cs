using System.Buffers.Binary;

namespace CredentialSidecar.Launcher.Native;

/// <summary>Asks the kernel which user opened a connection to a port of 127.0.0.1, in this network namespace.</summary>
/// <remarks>It does not allocate.</remarks>
internal static unsafe class ConnectedUser
{
    private const int Longest = 512;

    /// <param name="peer">struct sockaddr_in of the program's end, as accept reported it.</param>
    /// <param name="port">The port that the program connected to.</param>
    /// <param name="uid">Who has the program's end open.</param>
    /// <param name="isAsked">Whether the kernel could be asked.</param>
    public static bool TryFind(byte* peer, int port, out uint uid, out bool isAsked)
    {
        uid = 0;
        var socket = Libc.socket(Libc.NetlinkFamily, Libc.RawSocket | Libc.NonBlocking | Libc.CloseOnExec, Libc.NetlinkSockDiag);

        isAsked = socket >= 0;

        if (!isAsked)
        {
            return false;
        }

        byte* ask = stackalloc byte[ConnectedSocket.Size], answer = stackalloc byte[Longest];
        var request = new Span<byte>(ask, ConnectedSocket.Size);
        var client = new ReadOnlySpan<byte>(peer, 8);
        var clientPort = BinaryPrimitives.ReadUInt16BigEndian(client[2..]);
        ConnectedSocket.Write(request, client[4..], clientPort, Arguments.Endpoint.LoopbackBytes, port);

        // The kernel answers while the request is sent, so the read never has to wait.
        var length = Libc.send(socket, ask, request.Length, 0) == request.Length ? Libc.read(socket, answer, Longest) : 0;
        _ = Libc.close(socket);
        var message = new ReadOnlySpan<byte>(answer, (int)Math.Max(0, length));
        return ConnectedSocket.TryRead(message, request, out uid, out var hasServerClosed) && !hasServerClosed;
    }
}
