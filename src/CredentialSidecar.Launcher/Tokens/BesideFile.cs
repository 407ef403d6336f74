namespace CredentialSidecar.Launcher.Tokens;

/// <summary>The token file beside the launcher. Its owner is the sidecar's user, who wrote it.</summary>
/// <param name="path">Null where the launcher cannot tell where it lies.</param>
internal sealed class BesideFile(string? path, Func<string, FileText> read, Action<string> warn)
{
    private bool _isWarned;

    public string? Path => path;

    /// <returns>Null where the file is missing or cannot be read.</returns>
    public uint? Owner()
    {
        if (path is null || read(path) is not { Text: not null } file)
        {
            return null;
        }

        if (file.IsWritableByOthers && !_isWarned)
        {
            _isWarned = true;
            warn($"{path} is writable by its group or by others, who can change the token; make its mode 0444.");
        }

        return file.Owner;
    }
}
