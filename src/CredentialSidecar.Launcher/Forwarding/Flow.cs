using System.Runtime.InteropServices;

namespace CredentialSidecar.Launcher.Forwarding;

/// <summary>One direction of a forwarded connection: at most one buffer of bytes that were read and not written yet.</summary>
internal unsafe struct Flow
{
    public const int BufferSize = 4096;

    private int _start, _end;

    public byte* Buffer;

    /// <summary>Whether the sender has closed its side.</summary>
    public bool HasEnded;

    private bool _isDropping;

    public readonly bool HasBytes => _end > _start;

    public readonly bool WantsBytes => !HasEnded && !HasBytes;

    public void Put(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(new Span<byte>(Buffer + _end, BufferSize - _end));
        _end += bytes.Length;
    }

    /// <returns>False if the connection is broken.</returns>
    public bool Receive(int from)
    {
        var count = Libc.recv(from, Buffer, BufferSize, Libc.DoNotWait);
        (_start, _end) = (0, Math.Max(0, (int)count));
        HasEnded |= count == 0;

        if (_isDropping)
        {
            Drop();
        }

        return count >= 0 || Marshal.GetLastPInvokeError() is Errno.Again or Errno.Interrupted;
    }

    /// <summary>The receiver has closed its end. Discards further bytes of the sender, so that the sender can read its answer.</summary>
    public void Drop()
    {
        new Span<byte>(Buffer + _start, _end - _start).Clear();
        (_isDropping, _start, _end) = (true, 0, 0);
    }

    /// <returns>False if the connection is broken.</returns>
    public bool Send(int to)
    {
        var count = Libc.send(to, Buffer + _start, _end - _start, Libc.NoSignal | Libc.DoNotWait);
        var sent = Math.Max(0, (int)count);

        // Tokens and credentials pass here, and must not stay in memory.
        new Span<byte>(Buffer + _start, sent).Clear();
        _start += sent;
        (_start, _end) = _start == _end ? (0, 0) : (_start, _end);
        return count >= 0 || Marshal.GetLastPInvokeError() is Errno.Again or Errno.Interrupted;
    }
}
