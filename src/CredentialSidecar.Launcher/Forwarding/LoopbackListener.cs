using System.Buffers.Binary;
using System.Runtime.InteropServices;
using CredentialSidecar.Launcher.Arguments;

namespace CredentialSidecar.Launcher.Forwarding;

/// <summary>Opens a port on 127.0.0.1.</summary>
internal static unsafe class LoopbackListener
{
    private const int AddressSize = 16, ReuseAddress = 2, Backlog = 128;
    private const int Tries = 50, Pause = 20;

    /// <summary>Tries for a second, because the forwarder of a program that has just ended may still have the port.</summary>
    /// <param name="error">The error number of the last try; 0 for none.</param>
    /// <returns>A listening socket; negative on failure.</returns>
    public static int Await(int wanted, out int port, out int error)
    {
        for (var left = Tries; ; left--)
        {
            var socket = Open(wanted, out port);
            error = socket < 0 ? Marshal.GetLastPInvokeError() : 0;

            if (error != Errno.AddressInUse || left == 0)
            {
                return socket;
            }

            _ = Libc.poll(null, 0, Pause);
        }
    }

    /// <param name="wanted">0 lets the system choose.</param>
    /// <returns>A listening socket; negative with the error in errno.</returns>
    public static int Open(int wanted, out int port)
    {
        port = wanted;
        byte* address = stackalloc byte[AddressSize];
        var bytes = new Span<byte>(address, AddressSize);
        bytes.Clear();
        *(short*)address = Libc.InternetFamily;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)wanted);
        Endpoint.LoopbackBytes.CopyTo(bytes[4..]);

        var socket = Libc.socket(Libc.InternetFamily, Libc.StreamSocket | Libc.NonBlocking | Libc.CloseOnExec, 0);
        int yes = 1, length = AddressSize;

        // A restarted container finds connections of the former forwarder in TIME_WAIT.
        _ = Libc.setsockopt(socket, Libc.SocketLevel, ReuseAddress, &yes, sizeof(int));

        if (Libc.bind(socket, address, AddressSize) != 0 || Libc.listen(socket, Backlog) != 0)
        {
            // It leaves the error as it is.
            _ = Libc.close(socket);
            return -1;
        }

        _ = Libc.getsockname(socket, address, &length);
        port = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return socket;
    }
}
