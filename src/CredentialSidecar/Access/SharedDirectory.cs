using System.Security.Cryptography;
using System.Text;
using CredentialSidecar.Configuration;

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

    /// <summary>Puts the token there, and the launcher where there is one.</summary>
    /// <param name="launcher">The launcher's file; nothing is installed where it does not exist.</param>
    /// <returns>
    /// The settings with the token that siblings now find there: the configured one, else the one that was there if it is
    /// well-formed, else a new one of 256 bits.
    /// </returns>
    /// <exception cref="ConfigurationMistakesException">The directory cannot be written.</exception>
    public static SidecarSettings Install(SidecarSettings settings, string launcher)
    {
        if (settings.Options.SharedDirectory is not { } directory)
        {
            return settings;
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

            return settings.Options.Access.AllowAnonymous ? settings : settings with { Token = PutToken(directory, settings.Token) };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationMistakesException([new Mistake(settings.NameOf("SharedDirectory"),
                $"is '{directory}', which uid {SmallFile.UserId()} cannot write: {(Directory.Exists(directory) ? Reason(e) : "it does not exist")}. "
                + "Mount a volume there that this uid may write: one that takes its owner from the image, an emptyDir with fsGroup, or a folder after chown")]);
        }
    }

    private static string PutToken(string directory, string? configured)
    {
        // A sidecar that was restarted must not strand the siblings that read their token once.
        var kept = Find(Path.Combine(directory, TokenName));
        var token = configured ?? kept ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));

        // Also where it stays the same: a directory that cannot be written shows at the first start, not at the first rotation.
        Put(directory, TokenName, Readable, stream => stream.Write(Encoding.ASCII.GetBytes(token)));
        return token;
    }

    /// <summary>The token in the file, if every SDK can send it and nobody could guess it.</summary>
    private static string? Find(string file)
    {
        // A link could lead to a file of somebody else's choice.
        if (new FileInfo(file) is not { Exists: true, LinkTarget: null } || !SmallFile.TryRead(file, TokenText.Longest, out var bytes, out _))
        {
            return null;
        }

        var found = Encoding.Latin1.GetString(bytes);
        var findings = new Findings();
        TokenText.Check(found, TokenName, fromFile: true, findings);
        return findings.Mistakes.Count + findings.Warnings.Count == 0 && found.Length >= TokenBytes ? found : null;
    }

    private static void Put(string directory, string name, UnixFileMode mode, Action<Stream> write)
    {
        var temporary = Path.Combine(directory, $".{name}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}");

        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            // Whatever the umask says.
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(temporary, mode);
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
