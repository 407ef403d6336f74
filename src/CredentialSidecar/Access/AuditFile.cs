namespace CredentialSidecar.Access;

/// <summary>One JSON object a line, appended. What goes wrong is told, and tried again with the next line.</summary>
internal sealed class AuditFile(string path)
{
    private readonly Lock _gate = new();
    private FileStream? _stream;

    /// <returns>Why the line was not written; null where it was.</returns>
    public string? TryAppend(AuditLine line)
    {
        lock (_gate)
        {
            try
            {
                _stream ??= Open(path);
                _stream.Write([.. line.ToJson(), (byte)'\n']);
                return null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
            {
                // Half a line may be written; the next one begins on a line of its own.
                CloseUnlocked();
                return $"the audit file cannot be written: {e.Message.Split(" : ")[0].TrimEnd('.')}";
            }
        }
    }

    public void Close()
    {
        lock (_gate)
        {
            CloseUnlocked();
        }
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

    private void CloseUnlocked()
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
}
