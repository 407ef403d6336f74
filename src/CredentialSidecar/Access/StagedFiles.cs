using System.Security.Cryptography;

namespace CredentialSidecar.Access;

/// <summary>Files written beside their final names, so that all of them can be put in place, or none.</summary>
/// <remarks>A rename puts each in place, so a reader gets the old file or the new one and never half of either.</remarks>
internal sealed class StagedFiles : IDisposable
{
    private readonly Queue<(string Temporary, string Path)> _files = [];

    /// <summary>Removes what a process that was killed has left.</summary>
    public static void Sweep(string directory, params IEnumerable<string> names)
    {
        foreach (var file in names.SelectMany(name => Directory.EnumerateFiles(directory, $".{name}.????????")))
        {
            File.Delete(file);
        }
    }

    /// <param name="mode">Independent of the umask; null leaves the mode to the umask.</param>
    /// <exception cref="IOException">The directory cannot hold the file.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public void Add(string directory, string name, UnixFileMode? mode, Action<Stream> write)
    {
        var temporary = Path.Combine(directory, $".{name}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}");

        if (Directory.Exists(Path.Combine(directory, name)))
        {
            throw new IOException($"its '{name}' is a directory");
        }

        _files.Enqueue((temporary, Path.Combine(directory, name)));
        using var stream = new FileStream(temporary, Options(mode));
        write(stream);

        // By the open file, since a sibling that mounts the directory may replace the name by a link.
        if (mode is { } wanted && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(stream.SafeFileHandle, wanted);
        }

        stream.Flush(flushToDisk: true);
    }

    // Only this user may open the file before it has its mode.
    private static FileStreamOptions Options(UnixFileMode? mode)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };

        if (mode is not null && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }

    /// <summary>Puts every file in place.</summary>
    public void Commit()
    {
        while (_files.TryPeek(out var file))
        {
            File.Move(file.Temporary, file.Path, overwrite: true);
            _files.Dequeue();
        }
    }

    /// <summary>Removes the files that are not in place.</summary>
    public void Dispose()
    {
        foreach (var (temporary, _) in _files)
        {
            try
            {
                File.Delete(temporary);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The directory may have been removed.
            }
        }

        _files.Clear();
    }
}
