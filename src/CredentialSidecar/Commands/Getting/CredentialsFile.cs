using System.Text;
using CredentialSidecar.Access;
using CredentialSidecar.Configuration.Reading;
using CredentialSidecar.Generating;

namespace CredentialSidecar.Commands.Getting;

/// <summary>Puts a session into a shared credentials file as a profile. The other lines of the file stay.</summary>
internal static class CredentialsFile
{
    private const int Largest = 1024 * 1024;

    private const UnixFileMode OnlyOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly string[] Keys = ["aws_access_key_id", "aws_secret_access_key", "aws_session_token"];

    /// <summary>botocore prefers this old name of the session token.</summary>
    private const string OldToken = "aws_security_token";

    /// <summary>Settings that SDKs prefer to the keys of the same profile.</summary>
    private static readonly string[] Rivals =
    [
        "role_arn", "credential_process", "credential_source", "sso_session", "sso_start_url", "login_session", "web_identity_token_file",
    ];

    public static bool IsProfileName(string name) => name.Length is >= 1 and <= 64
        && name.All(c => char.IsAsciiLetterOrDigit(c) || "_.@/+-".Contains(c, StringComparison.Ordinal));

    public static string Section(string profile, ServedSession session) => $"[{profile}]\n{string.Join('\n', Lines(session))}\n";

    /// <summary>Replaces the profile's keys, or adds the profile. A reader sees the old or the new file, which has mode 0600.</summary>
    /// <exception cref="InputException">The file cannot be used.</exception>
    public static async Task PutAsync(string path, string profile, ServedSession session, CancellationToken cancellationToken)
    {
        try
        {
            path = Path.GetFullPath(path);
            Create(Path.GetDirectoryName(path)!);

            // A rename would replace the link instead of its target.
            path = new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
            await using var alone = await LockAsync($"{path}.lock", cancellationToken);

            // What a killed run left.
            StagedFiles.Sweep(Path.GetDirectoryName(path)!, Path.GetFileName(path));
            var text = With(Read(path), path, profile, session);
            using var files = new StagedFiles();
            files.Add(Path.GetDirectoryName(path)!, Path.GetFileName(path), OnlyOwner,
                stream => stream.Write(Encoding.Latin1.GetBytes(text)));
            files.Commit();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InputException($"--out {path} cannot be written: {e.Message}");
        }
    }

    /// <summary>Keeps other runs away, which would lose a profile.</summary>
    private static async Task<FileStream> LockAsync(string path, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            }
            catch (IOException) when (attempt < 100 && File.Exists(path))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
            }
        }
    }

    private static string Read(string path)
    {
        var content = SmallFile.Read(path, Largest);
        return content.Bytes is not null ? Encoding.Latin1.GetString(content.Bytes)
            : content.Trouble == FileTrouble.Missing ? ""
            : throw new InputException($"--out {path} {content.Problem}.");
    }

    private static string With(string text, string path, string profile, ServedSession session)
    {
        List<string> lines = [.. text.Split('\n')];
        var header = lines.FindIndex(line => NameIn(line) == profile);

        if (header < 0)
        {
            var gap = text.Length == 0 ? "" : text.EndsWith("\n\n", StringComparison.Ordinal) ? "" : text.EndsWith('\n') ? "\n" : "\n\n";
            return text + gap + Section(profile, session);
        }

        var end = lines.FindIndex(header + 1, line => NameIn(line) is not null);
        var body = lines.GetRange(header + 1, (end < 0 ? lines.Count : end) - header - 1);

        if (body.Select(KeyOf).FirstOrDefault(Rivals.Contains) is { } rival)
        {
            throw new InputException(
                $"Profile {profile} in {path} has {rival}, which SDKs prefer to keys. Give another profile: --profile NAME.");
        }

        lines.RemoveRange(header + 1, body.Count);
        lines.InsertRange(header + 1, [.. Lines(session),
            .. body.Where(line => KeyOf(line) is not OldToken and var key && !Keys.Contains(key))]);
        var written = string.Join('\n', lines);
        return written.EndsWith('\n') ? written : written + "\n";
    }

    private static string[] Lines(ServedSession session) =>
    [
        $"{Keys[0]} = {session.AccessKeyId}",
        $"{Keys[1]} = {session.SecretAccessKey}",
        $"{Keys[2]} = {session.SessionToken}",
    ];

    /// <summary>The profile of a header, as Python's configparser reads it: at the start of a line, and up to the first bracket.</summary>
    /// <returns>Null if the line is not a header.</returns>
    private static string? NameIn(string line) =>
        line.TrimStart('\u00EF', '\u00BB', '\u00BF') is ['[', .. var rest] && rest.IndexOf(']', StringComparison.Ordinal) is > 0 and var end
            ? rest[..end] : null;

    private static string KeyOf(string line) => line.Split('=', ':')[0].Trim().ToLowerInvariant();

    private static void Create(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            Directory.CreateDirectory(directory, OnlyOwner | UnixFileMode.UserExecute);
        }
    }
}
