namespace CredentialSidecar.Launcher.Tokens;

/// <summary>The result of reading a small file.</summary>
internal sealed class FileText
{
    /// <summary>The content, one char for a byte; null if it could not be read.</summary>
    public string? Text { get; init; }

    /// <summary>The file does not exist, perhaps not yet.</summary>
    public bool Missing { get; init; }

    /// <summary>Why a file that is there cannot be used.</summary>
    public string Trouble { get; init; } = "";

    /// <summary>The file's owner, where it could be read.</summary>
    public uint Owner { get; init; }

    /// <summary>Whether its group or everyone may change it.</summary>
    public bool IsWritableByOthers { get; init; }
}
