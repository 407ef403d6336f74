using System.Diagnostics.CodeAnalysis;

namespace CredentialSidecar.Configuration.Reading;

/// <summary>Reads a file that an operator named, or says why it cannot, without the path.</summary>
/// <remarks>It takes no lock and never waits: a reader's lock or a pipe in the file's place must not stop anything but this file.</remarks>
internal static class SmallFile
{
    private const int WritableByGroup = 0x10, WritableByAll = 0x2;

    /// <param name="most">Bytes; more is a mistake, so that a log named by accident ends nothing.</param>
    public static bool TryRead(string path, int most, [NotNullWhen(true)] out byte[]? bytes, [NotNullWhen(false)] out string? problem)
    {
        var content = Read(path, most);
        (bytes, problem) = (content.Bytes, content.Problem);
        return bytes is not null;
    }

    /// <param name="followLinks">Whether the path may end in a symbolic link, as a mounted secret's does.</param>
    public static FileContent Read(string path, int most, bool followLinks = true)
    {
        try
        {
            // Other systems than Linux are only used for development.
            var (handle, trouble, owner, mode) = OperatingSystem.IsLinux() ? RegularFile.Open(path, followLinks)
                : (File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete), FileTrouble.None, 0u, 0);
            using var file = handle;
            var buffer = file is null ? [] : new byte[most + 1];
            var read = file is null ? 0 : Fill(file, buffer);
            return trouble == FileTrouble.Forbidden ? new(null, trouble, Forbidden(path), null)
                : trouble != FileTrouble.None ? Failed(trouble, most)
                : read > most ? Failed(FileTrouble.TooLarge, most)
                : new FileContent(buffer[..read], FileTrouble.None, null, Doubt(owner, mode));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return Failed(e is FileNotFoundException or DirectoryNotFoundException ? FileTrouble.Missing : FileTrouble.Unreadable, most);
        }
    }

    /// <summary>The uid of this process, for messages.</summary>
    public static string UserId() => OperatingSystem.IsLinux()
        ? File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("Uid:", StringComparison.Ordinal))?.Split('\t')[1]
            ?? "?"
        : "?";

    private static int Fill(Microsoft.Win32.SafeHandles.SafeFileHandle file, byte[] buffer)
    {
        var filled = 0;

        while (filled < buffer.Length && RandomAccess.Read(file, buffer.AsSpan(filled), filled) is > 0 and var read)
        {
            filled += read;
        }

        return filled;
    }

    // Without the path, which may be a token in the wrong variable.
    private static string Forbidden(string path) => RegularFile.Permissions(path) switch
    {
        null => $"may not be read by uid {UserId()}",
        { IsDirectory: true } above => $"is below a directory that uid {UserId()} may not enter ({Describe(above)})",
        { } file => $"may not be read by uid {UserId()} ({Describe(file)})",
    };

    private static string Describe((uint Owner, uint Group, int Mode, bool) file) =>
        $"owner uid {file.Owner}, group {file.Group}, mode {Convert.ToString(file.Mode, 8).PadLeft(4, '0')}";

    private static FileContent Failed(FileTrouble trouble, int most) => new(null, trouble, trouble switch
    {
        FileTrouble.Missing => "does not exist",
        FileTrouble.Link => "is a symbolic link",
        FileTrouble.Directory => "is a directory",
        FileTrouble.NotRegular => "is a pipe, a socket or a device instead of a regular file",
        FileTrouble.TooLarge => $"holds more than {most} bytes",
        _ => "cannot be read",
    }, null);

    /// <summary>Who else can change the file.</summary>
    private static string? Doubt(uint owner, int mode) => (mode & WritableByAll) != 0 ? "every user can write"
        : (mode & WritableByGroup) != 0 ? "its group can write"
        : owner != 0 && $"{owner}" != UserId() ? $"uid {owner} owns"
        : null;
}
