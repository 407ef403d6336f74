namespace CredentialSidecar.Launcher.Tokens;

/// <summary>What came of reading a small file.</summary>
internal sealed class FileText
{
    /// <summary>The content, one char for a byte; null if it could not be had.</summary>
    public string? Text { get; init; }

    /// <summary>The file does not exist, perhaps not yet.</summary>
    public bool Missing { get; init; }

    /// <summary>Why a file that is there cannot be used.</summary>
    public string Trouble { get; init; } = "";

    /// <summary>Whose file it is, where it could be read.</summary>
    public uint Owner { get; init; }

    /// <summary>Its group, or everyone, may change it.</summary>
    public bool IsWritableByOthers { get; init; }
}
