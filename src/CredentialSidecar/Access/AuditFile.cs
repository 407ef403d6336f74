namespace CredentialSidecar.Access;

/// <summary>Appends one JSON object per line. A failure is reported, and the next line tries again.</summary>
/// <remarks>
/// One thread uses this class and may block on the file. Other threads may only call <see cref="Reopen"/>, which never blocks.
/// </remarks>
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

            // Another program may have truncated the file, or appended to it.
            if (_stream.CanSeek)
            {
                _stream.Seek(0, SeekOrigin.End);
            }

            _stream.Write([.. line.ToJson(), (byte)'\n']);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            // Part of the line may be written; Open ends that line before the next one.
            Dispose();
            return $"the audit file cannot be written: {e.Message.Split(" : ")[0].TrimEnd('.')}";
        }
    }

    /// <summary>Opens the file again before the next line.</summary>
    public void Reopen() => Volatile.Write(ref _isMoved, true);

    public void Dispose()
    {
        try
        {
            _stream?.Dispose();
        }
        catch (IOException)
        {
            // The stream is unbuffered, so nothing is lost here.
        }

        _stream = null;
    }

    private static FileStream Open(string path)
    {
        // Unbuffered, so that Write returns only after the line is in the file.
        // Readers and log rotation may open, move or delete the file.
        var stream =
            new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

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
