using System.Security.Cryptography;
using System.Text;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Reading;
using CredentialSidecar.Configuration.Rules;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Access;

/// <summary>The directory that siblings mount, with the authorization token as a file and the launcher.</summary>
/// <remarks>Both are replaced by a rename, so that a sibling reads the old one or the new one and never half of either.</remarks>
internal static class SharedDirectory
{
    public const string TokenName = "token";
    public const string LauncherName = "credential-launch";

    // The mounted volume separates siblings, not the file mode (contract R12: siblings with other uids must be able to read).
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Runnable = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const int TokenBytes = 32;

    /// <summary>Puts each client's token into its directory, and the launcher if it exists.</summary>
    /// <param name="launcher">The launcher's file; if it does not exist, nothing is installed.</param>
    /// <returns>
    /// The settings with the tokens that siblings now find there: the configured token, else the existing one if it is well-formed
    /// and no other process can have collected it, else a new one of 256 bits.
    /// </returns>
    /// <param name="isRestart">A supervisor has held the ports since the previous sidecar process, so no other process can have listened
    /// there.</param>
    /// <param name="findings">Receives a warning if another user can change the token file.</param>
    /// <exception cref="ConfigurationMistakesException">A directory cannot be written, or its token cannot be read.</exception>
    public static AccessSettings Install(
        AccessSettings settings, Func<string, string> nameOf, string launcher, bool isRestart = false, Findings? findings = null)
    {
        var directory = settings.SharedDirectory;
        var clients = new List<ClientSettings>();
        DirectoryAliases.Refuse(settings.Clients, nameOf);

        if (settings.Clients.All(client => client.Directory != directory))
        {
            Install(directory, nameOf("SharedDirectory"), launcher, null);
        }

        foreach (var client in settings.Clients)
        {
            // A token copied from another client's directory would not distinguish the two clients.
            if (client.Origin == TokenOrigin.None)
            {
                clients.Add(client);
                continue;
            }

            var key = KeyOf(client);
            var there = client.Token is null ? Find(client.Directory!, nameOf(key), findings) : null;
            var found = clients.All(other => other.Token != there) ? there : null;
            var isKept = found is not null && (isRestart || settings.KeepTokens || EndMarker.IsThere(client.Directory!, found));
            var token = client.Token ?? (isKept ? found! : NewToken());
            Install(client.Directory, nameOf(key), launcher, token);
            clients.Add(client with { Token = token, Distrusted = isKept ? null : found });
        }

        return settings with { Clients = [.. clients] };
    }

    /// <summary>The launcher for siblings. The file beside the program may be a copy that can run but not be read.</summary>
    /// <param name="program">The folder of the sidecar's own program.</param>
    public static string LauncherFor(string program)
    {
        var readable = Path.GetFullPath(Path.Combine(program, "..", "share", "credential-sidecar", LauncherName));
        return File.Exists(readable) ? readable : Path.Combine(program, LauncherName);
    }

    /// <summary>A new token of 256 bits, in characters that every SDK can send.</summary>
    public static string NewToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));

    /// <summary>Replaces the token in a directory.</summary>
    public static void Put(string directory, string token) =>
        Put(directory, TokenName, stream => stream.Write(Encoding.ASCII.GetBytes(token)));

    /// <summary>Replaces a file that siblings may read.</summary>
    public static void Put(string directory, string name, Action<Stream> write) => Put(directory, name, Readable, write);

    /// <summary>The token in a directory, if every SDK can send it and it is long enough.</summary>
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

    /// <summary>The key of a client's directory.</summary>
    public static string KeyOf(ClientSettings client) =>
        client.Name == ClientSettings.Default ? "SharedDirectory" : $"{client.Path}:SharedDirectory";

    // Also if the token stays the same, so that an unwritable directory fails at the first start, not at the first rotation.
    private static void Install(string? directory, string key, string launcher, string? token)
    {
        if (directory is not null)
        {
            using var staged = new StagedFiles();
            Stage(staged, directory, key, launcher, token);
            Writing(directory, key, staged.Commit);
        }
    }

    /// <summary>Writes the launcher and a token beside their names in a directory.</summary>
    /// <exception cref="ConfigurationMistakesException">The directory cannot be written.</exception>
    public static void Stage(StagedFiles staged, string directory, string key, string launcher, string? token) =>
        Writing(directory, key, () =>
        {
            // A marker would vouch for the new token after an unclean end.
            EndMarker.Remove(directory);
            StagedFiles.Sweep(directory, LauncherName, TokenName);

            if (File.Exists(launcher))
            {
                staged.Add(directory, LauncherName, Runnable, stream =>
                {
                    using var source = File.OpenRead(launcher);
                    source.CopyTo(stream);
                });
            }

            if (token is not null)
            {
                staged.Add(directory, TokenName, Readable, stream => stream.Write(Encoding.ASCII.GetBytes(token)));
            }
        });

    private static void Writing(string directory, string key, Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationMistakesException([new Mistake(key,
                $"is '{directory}', which uid {SmallFile.UserId()} cannot write: "
                + $"{(Directory.Exists(directory) ? Reason(e) : File.Exists(directory) ? "it is a file" : "it does not exist")}. "
                + "Mount a volume that this uid can write: one that takes its owner from the image, an emptyDir with fsGroup, "
                + "or a folder after chown")]);
        }
    }

    /// <summary>The token in the directory, if every SDK can send it and it is long enough.</summary>
    /// <exception cref="ConfigurationMistakesException">The token cannot be read. Siblings may still use it, so it must not be
    /// replaced.</exception>
    private static string? Find(string directory, string key, Findings? findings)
    {
        // A symbolic link could lead to a file that another user chose.
        var content = SmallFile.Read(Path.Combine(directory, TokenName), TokenText.Longest, followLinks: false);

        if (content is { Bytes: null, Trouble: not (FileTrouble.Missing or FileTrouble.Link or FileTrouble.TooLarge) })
        {
            throw new ConfigurationMistakesException([new Mistake(key, $"is '{directory}', where '{TokenName}' {content.Problem}; "
                + "siblings may still send its token, so the sidecar does not replace it. "
                + "Make the file readable for the sidecar, or remove it to get a new token")]);
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
        using var staged = new StagedFiles();
        staged.Add(directory, name, mode, write);
        staged.Commit();
    }

    // .NET's messages end with the path, which the mistake already names.
    public static string Reason(Exception e) => e switch
    {
        UnauthorizedAccessException => "permission denied",
        _ => e.Message.Split(" : ")[0].TrimEnd('.'),
    };
}
