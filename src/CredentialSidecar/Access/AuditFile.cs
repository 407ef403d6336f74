namespace CredentialSidecar.Access;

/// <summary>One JSON object a line, appended. What goes wrong is told, and tried again with the next line.</summary>
/// <remarks>For one thread, which waits where the file takes nothing. <see cref="Reopen"/> alone is for others, and never waits for that one.</remarks>
internal sealed class AuditFile(string path) : IDisposable
{
    private FileStream? _stream;
    private bool _isMoved;

    /// <returns>Why the line was not written; null where it was.</returns>
    public string? TryAppend(AuditLine line)
    {
        if (Interlocked.Exchange(ref _isMoved, false))
        {
            Dispose();
        }

        try
        {
            _stream ??= Open(path);

            // Somebody may have cut it, or append to it as well.
            if (_stream.CanSeek)
            {
                _stream.Seek(0, SeekOrigin.End);
            }

            _stream.Write([.. line.ToJson(), (byte)'\n']);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            // Half a line may be written; the next one begins on a line of its own.
            Dispose();
            return $"the audit file cannot be written: {e.Message.Split(" : ")[0].TrimEnd('.')}";
        }
    }

    /// <summary>Opens it anew with the next line.</summary>
    public void Reopen() => Volatile.Write(ref _isMoved, true);

    public void Dispose()
    {
        try
        {
            _stream?.Dispose();
        }
        catch (IOException)
        {
            // There is nothing left to lose in it.
        }

        _stream = null;
    }

    private static FileStream Open(string path)
    {
        // Unbuffered, so that a line is in the file when it is told to be. Whoever reads and moves it is let.
        var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

        if (stream.CanSeek && stream.Seek(0, SeekOrigin.End) > 0)
        {
            stream.Seek(-1, SeekOrigin.End);

            if (stream.ReadByte() != '\n')
            {
                stream.WriteByte((byte)'\n');
            }
        }

        return stream;
    }
}
