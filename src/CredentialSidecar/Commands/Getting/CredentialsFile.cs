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

    /// <summary>Settings that SDKs prefer to the keys of the same profile, or that older SDKs read in place of a key.</summary>
    private static readonly string[] Rivals = ["role_arn", "credential_process", "sso_session", "sso_start_url", "web_identity_token_file"];

    public static bool IsProfileName(string name) => name.Length is >= 1 and <= 64
        && name.All(c => char.IsAsciiLetterOrDigit(c) || "_.@/+-".Contains(c, StringComparison.Ordinal));

    public static string Section(string profile, ServedSession session) => $"[{profile}]\n{string.Join('\n', Lines(session))}\n";

    /// <summary>Replaces the profile's keys, or adds the profile. A reader sees the old or the new file, which has mode 0600.</summary>
    /// <exception cref="InputException">The file cannot be used.</exception>
    public static void Put(string path, string profile, ServedSession session)
    {
        try
        {
            path = Path.GetFullPath(path);
            Create(Path.GetDirectoryName(path)!);

            // A rename would replace the link instead of its target.
            path = new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
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
        var header = lines.FindIndex(line => IsHeader(line) && line.Trim()[1..^1].Trim() == profile);

        if (header < 0)
        {
            var gap = text.Length == 0 ? "" : text.EndsWith("\n\n", StringComparison.Ordinal) ? "" : text.EndsWith('\n') ? "\n" : "\n\n";
            return text + gap + Section(profile, session);
        }

        var end = lines.FindIndex(header + 1, IsHeader);
        var body = lines.GetRange(header + 1, (end < 0 ? lines.Count : end) - header - 1);

        if (body.Select(KeyOf).FirstOrDefault(Rivals.Contains) is { } rival)
        {
            throw new InputException(
                $"Profile {profile} in {path} has {rival}, which SDKs prefer to keys. Give another profile: --profile NAME.");
        }

        lines.RemoveRange(header + 1, body.Count);
        lines.InsertRange(header + 1, [.. Lines(session), .. body.Where(line => !Keys.Contains(KeyOf(line)))]);
        var written = string.Join('\n', lines);
        return written.EndsWith('\n') ? written : written + "\n";
    }

    private static string[] Lines(ServedSession session) =>
    [
        $"{Keys[0]} = {session.AccessKeyId}",
        $"{Keys[1]} = {session.SecretAccessKey}",
        $"{Keys[2]} = {session.SessionToken}",
    ];

    private static bool IsHeader(string line) => line.Trim() is ['[', .., ']'];

    private static string KeyOf(string line) => line.Split('=')[0].Trim().ToLowerInvariant();

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
