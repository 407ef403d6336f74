namespace CredentialSidecar.Configuration.Reading;

/// <summary>The content of a file, or why it could not be read.</summary>
/// <param name="Problem">The trouble in words; null where there is none.</param>
/// <param name="Doubt">
/// Who else can change the file, as the end of "a file that …"; null where only root and this process's user can.
/// </param>
internal sealed record FileContent(byte[]? Bytes, FileTrouble Trouble, string? Problem, string? Doubt)
{
    /// <summary>What to do. Another path does not help a user without permission.</summary>
    public string Remedy(string otherwise) =>
        Trouble == FileTrouble.Forbidden ? $"let uid {SmallFile.UserId()} read it, by chown or chmod" : otherwise;
}
