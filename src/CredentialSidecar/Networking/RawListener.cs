using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace CredentialSidecar.Networking;

/// <summary>Accepts connections as plain descriptors, so that a connection that closes at once needs no object.</summary>
/// <remarks>Not thread-safe, except <see cref="Stop"/>. Linux only.</remarks>
internal sealed class RawListener : IDisposable
{
    // errno.h, fcntl.h, poll.h
    private const int Interrupted = 4, Again = 11, NonBlocking = 0x800, CloseOnExec = 0x80000;
    private const short Readable = 1;
    private const ushort FamilyFour = 2, FamilySix = 10;

    private readonly Socket _socket;
    private readonly int _fd, _stop;
    private volatile bool _isStopped;

    public RawListener(Socket socket)
    {
        _socket = socket;
        _socket.Blocking = false;
        _fd = socket.SafeHandle.DangerousGetHandle().ToInt32();
        _stop = Libc.EventDescriptor(0, NonBlocking | CloseOnExec);

        if (_stop < 0)
        {
            throw new SocketException(Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>How many connections wait to be accepted.</summary>
    public int Queued => TcpState.QueueOf(_fd);

    /// <summary>Waits for a connection.</summary>
    /// <param name="peer">The peer address.</param>
    /// <param name="error">The error number of a failure; 0 after <see cref="Stop"/>.</param>
    /// <returns>A non-blocking descriptor, which the caller closes; negative on failure.</returns>
    public int Accept(out IPAddress peer, out int error)
    {
        // sockaddr_in6 is the largest one with an address.
        Span<byte> address = stackalloc byte[28];
        peer = IPAddress.None;

        while (!_isStopped)
        {
            var length = address.Length;
            var accepted = Libc.Accept(_fd, address, ref length, NonBlocking | CloseOnExec);

            if (accepted >= 0)
            {
                peer = AddressOf(address);
                error = 0;
                return accepted;
            }

            error = Marshal.GetLastPInvokeError();

            if (error is not (Again or Interrupted))
            {
                return -1;
            }

            if (error == Again)
            {
                Span<Libc.PollEntry> entries = [new(_fd, Readable), new(_stop, Readable)];
                _ = Libc.Poll(entries, (nuint)entries.Length, -1);
            }
        }

        error = 0;
        return -1;
    }

    // On a Unix socket the peer has no address.
    private static IPAddress AddressOf(ReadOnlySpan<byte> name) => BitConverter.ToUInt16(name) switch
    {
        FamilySix => new(name.Slice(8, 16)),
        FamilyFour => new(name.Slice(4, 4)),
        _ => IPAddress.None,
    };

    /// <summary>Ends the wait, from any thread.</summary>
    public void Stop()
    {
        _isStopped = true;
        ReadOnlySpan<byte> one = [1, 0, 0, 0, 0, 0, 0, 0];
        _ = Libc.Write(_stop, one, one.Length);
    }

    public void Dispose() => _ = Libc.Close(_stop);
}
