namespace CredentialSidecar.Networking;

/// <summary>Operations on an accepted connection that is only a descriptor. Linux only.</summary>
internal static class RawSocket
{
    // poll.h
    private const short Readable = 1, Failed = 8, Closed = 0x10, PeerClosed = 0x2000;

    // socket.h, and a struct linger of 1 and 0.
    private const int Linger = 13, DontWaitAndPeek = 0x42;
    private static readonly byte[] AtOnce = [1, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>Checks a connection without reading from it.</summary>
    /// <returns>Whether data has arrived, and whether the peer closed its side.</returns>
    public static (bool HasData, bool HasHungUp) Look(int fd)
    {
        Span<Libc.PollEntry> entry = [new(fd, Readable | PeerClosed)];
        return Libc.Poll(entry, 1, 0) > 0
            ? ((entry[0].Returned & Readable) != 0, (entry[0].Returned & (PeerClosed | Failed | Closed)) != 0)
            : (false, false);
    }

    /// <summary>Copies the received bytes without removing them from the socket.</summary>
    /// <returns>The number of bytes; 0 if there are none.</returns>
    public static int Peek(int fd, Span<byte> buffer) => (int)Math.Max(0, Libc.Receive(fd, buffer, buffer.Length, DontWaitAndPeek));

    /// <summary>Resets the connection, so that the kernel keeps no state.</summary>
    public static void Reset(int fd)
    {
        _ = Libc.SetOption(fd, Libc.SolSocket, Linger, AtOnce, AtOnce.Length);
        _ = Libc.Close(fd);
    }
}
