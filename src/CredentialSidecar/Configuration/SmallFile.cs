using System.Diagnostics.CodeAnalysis;

namespace CredentialSidecar.Configuration;

/// <summary>Reads a file an operator named, or says in a few words why not. The words never hold the path.</summary>
internal static class SmallFile
{
    /// <param name="most">Bytes; more is a mistake, so that a device or a log named by accident ends nothing.</param>
    public static bool TryRead(string path, int most, [NotNullWhen(true)] out byte[]? bytes, [NotNullWhen(false)] out string? problem)
    {
        (bytes, problem) = (null, null);

        try
        {
            using var file = File.OpenRead(path);
            var buffer = new byte[most + 1];
            var read = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);

            if (read <= most)
            {
                bytes = buffer[..read];
                return true;
            }

            problem = $"holds more than {most} bytes";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            problem = e switch
            {
                _ when Directory.Exists(path) => "is a directory",
                FileNotFoundException or DirectoryNotFoundException => "does not exist",
                UnauthorizedAccessException => $"may not be read by uid {UserId()}",
                _ => "cannot be read",
            };
        }

        return false;
    }

    /// <summary>As whom we run, for messages.</summary>
    public static string UserId() => OperatingSystem.IsLinux()
        ? File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("Uid:", StringComparison.Ordinal))?.Split('\t')[1] ?? "?"
        : "?";
}
