namespace CredentialSidecar.Launcher.Tokens;

/// <summary>What came of reading a small file.</summary>
internal sealed class FileText
{
    /// <summary>The content, one char for a byte; null if it could not be had.</summary>
    public string? Text { get; init; }

    /// <summary>There is no such file, or not yet.</summary>
    public bool Missing { get; init; }

    /// <summary>The system's reason, where it is there and cannot be read.</summary>
    public string Trouble { get; init; } = "";
}
