using System.Security.Cryptography;
using System.Text;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Reading;
using CredentialSidecar.Configuration.Rules;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Access;

/// <summary>What siblings mount: the authorization token as a file, and the launcher.</summary>
/// <remarks>Both are replaced by a rename, so that a sibling reads the old one or the new one and never half of either.</remarks>
internal static class SharedDirectory
{
    public const string TokenName = "token";
    public const string LauncherName = "credential-launch";

    // Siblings are told apart by which volume they mount, not by the file's mode (contract R12: readable by their uids).
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Runnable = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const int TokenBytes = 32;

    /// <summary>Puts each client's token into its directory, and the launcher where there is one.</summary>
    /// <param name="launcher">The launcher's file; nothing is installed where it does not exist.</param>
    /// <returns>
    /// The settings with the tokens that siblings now find there: the configured one, else the one that was there if it is
    /// well-formed and cannot have been collected since, else a new one of 256 bits.
    /// </returns>
    /// <param name="isRestart">A supervisor held our ports since the process before this one, so that no other can have listened there.</param>
    /// <param name="findings">Is told of a token that was found and that somebody else can change.</param>
    /// <exception cref="ConfigurationMistakesException">A directory cannot be written, or a token that is there cannot be read.</exception>
    public static AccessSettings Install(
        AccessSettings settings, Func<string, string> nameOf, string launcher, bool isRestart = false, Findings? findings = null)
    {
        var directory = settings.SharedDirectory;
        var clients = new List<ClientSettings>();

        if (settings.Clients.All(client => client.Directory != directory))
        {
            Install(directory, () => nameOf("SharedDirectory"), launcher, null);
        }

        foreach (var client in settings.Clients)
        {
            // One that was copied from another client's directory would not tell the two apart.
            var key = client.Name == ClientSettings.Default ? "SharedDirectory" : $"{client.Path}:SharedDirectory";
            var there = client.Token is null ? Find(client.Directory!, nameOf(key), findings) : null;
            var found = clients.All(other => other.Token != there) ? there : null;
            var isKept = found is not null && (isRestart || settings.KeepTokens || EndMarker.IsThere(client.Directory!, found));
            var token = client.Token ?? (isKept ? found! : NewToken());
            Install(client.Directory, () => nameOf(key), launcher, token);
            clients.Add(client with { Token = token, Distrusted = isKept ? null : found });
        }

        return settings with { Clients = [.. clients] };
    }

    /// <summary>The launcher that siblings get: what stands beside the program may be a copy that only runs and cannot be read.</summary>
    /// <param name="program">The folder of the sidecar's own program.</param>
    public static string LauncherFor(string program)
    {
        var readable = Path.GetFullPath(Path.Combine(program, "..", "share", "credential-sidecar", LauncherName));
        return File.Exists(readable) ? readable : Path.Combine(program, LauncherName);
    }

    /// <summary>256 bits, in characters that every SDK can send.</summary>
    public static string NewToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));

    /// <summary>Replaces the token in a directory.</summary>
    public static void Put(string directory, string token) => Put(directory, TokenName, stream => stream.Write(Encoding.ASCII.GetBytes(token)));

    /// <summary>Replaces a file that siblings may read.</summary>
    public static void Put(string directory, string name, Action<Stream> write) => Put(directory, name, Readable, write);

    /// <summary>The token in a directory, if every SDK can send it and nobody could guess it.</summary>
    public static string? Find(string directory)
    {
        try
        {
            return Find(directory, "", null);
        }
        catch (ConfigurationMistakesException)
        {
            return null;
        }
    }

    private static void Install(string? directory, Func<string> key, string launcher, string? token)
    {
        if (directory is null)
        {
            return;
        }

        try
        {
            if (File.Exists(launcher))
            {
                Put(directory, LauncherName, Runnable, stream =>
                {
                    using var source = File.OpenRead(launcher);
                    source.CopyTo(stream);
                });
            }

            // Also where it stays the same: a directory that cannot be written shows at the first start, not at the first rotation.
            if (token is not null)
            {
                EndMarker.Remove(directory);
                Put(directory, token);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationMistakesException([new Mistake(key(),
                $"is '{directory}', which uid {SmallFile.UserId()} cannot write: {(Directory.Exists(directory) ? Reason(e) : File.Exists(directory) ? "it is a file" : "it does not exist")}. "
                + "Mount a volume there that this uid may write: one that takes its owner from the image, an emptyDir with fsGroup, or a folder after chown")]);
        }
    }

    /// <summary>The token in the directory, if every SDK can send it and nobody could guess it.</summary>
    /// <exception cref="ConfigurationMistakesException">It cannot be read: siblings may go on with it, so it must not be replaced.</exception>
    private static string? Find(string directory, string key, Findings? findings)
    {
        // A link could lead to a file of somebody else's choice.
        var content = SmallFile.Read(Path.Combine(directory, TokenName), TokenText.Longest, followLinks: false);

        if (content is { Bytes: null, Trouble: not (FileTrouble.Missing or FileTrouble.Link or FileTrouble.TooLarge) })
        {
            throw new ConfigurationMistakesException([new Mistake(key, $"is '{directory}', where '{TokenName}' {content.Problem}; "
                + "siblings may still send the token in it, so it is not replaced. "
                + "Let the sidecar read it, or remove it to have a new one made")]);
        }

        var token = Encoding.Latin1.GetString(content.Bytes ?? []);
        var read = new Findings();
        TokenText.Check(token, TokenName, fromFile: true, allowShort: false, read);

        if (read.Mistakes.Count > 0)
        {
            return null;
        }

        findings?.Doubt(key, content);
        return token;
    }

    private static void Put(string directory, string name, UnixFileMode mode, Action<Stream> write)
    {
        var temporary = Path.Combine(directory, $".{name}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}");

        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                write(stream);

                // Whatever the umask says; and by the file itself, since whoever mounts the directory may put a link in the place of its name.
                if (!OperatingSystem.IsWindows())
                {
                    File.SetUnixFileMode(stream.SafeFileHandle, mode);
                }

                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, Path.Combine(directory, name), overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    // The framework's messages end in the path, which the mistake names already.
    private static string Reason(Exception e) => e switch
    {
        UnauthorizedAccessException => "permission denied",
        _ => e.Message.Split(" : ")[0].TrimEnd('.'),
    };
}
