using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CredentialSidecar.Executing;

/// <summary>What a program writes to one of its descriptors: the first part is kept, the rest is read and dropped.</summary>
internal sealed class BoundedPipe(int most) : IDisposable
{
    private const short Readable = 1;

    private readonly MemoryStream _kept = new();
    private SafeFileHandle? _reading;
    private SafeFileHandle? _writing;

    /// <summary>For the program's side.</summary>
    public int WritingEnd => (int)_writing!.DangerousGetHandle();

    public bool IsOpen => _reading is { IsClosed: false };

    /// <summary>Whether the program wrote more than is kept.</summary>
    public bool IsTooLong { get; private set; }

    public byte[] Kept => _kept.ToArray();

    /// <summary>For poll; ignored there once the pipe is closed.</summary>
    public Libc.Waited Waited => new() { Descriptor = IsOpen ? (int)_reading!.DangerousGetHandle() : -1, Wanted = Readable };

    /// <returns>0, or the error.</returns>
    public int Open()
    {
        Span<int> ends = stackalloc int[2];

        if (Libc.Pipe(ends, Libc.CloseOnExec) != 0)
        {
            return Marshal.GetLastPInvokeError();
        }

        (_reading, _writing) = (new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true));
        return 0;
    }

    /// <summary>The program has its own by now; the pipe would never end while this process had one too.</summary>
    public void CloseWritingEnd() => _writing?.Dispose();

    /// <summary>Reads once, after poll found something.</summary>
    public void Read()
    {
        Span<byte> buffer = stackalloc byte[4096];
        var read = (int)Libc.Read(_reading!, buffer, buffer.Length);

        if (read > 0)
        {
            var room = Math.Min(read, most - (int)_kept.Length);
            _kept.Write(buffer[..room]);
            IsTooLong |= room < read;
        }
        else if (read == 0 || Marshal.GetLastPInvokeError() != Libc.Interrupted)
        {
            _reading!.Dispose();
        }
    }

    public void Dispose()
    {
        _reading?.Dispose();
        _writing?.Dispose();

        // It holds secrets.
        _kept.GetBuffer().AsSpan().Clear();
        _kept.Dispose();
    }
}
