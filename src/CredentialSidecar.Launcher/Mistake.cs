namespace CredentialSidecar.Launcher;

/// <summary>One sentence about what happened and what to do, with its exit code.</summary>
internal sealed class Mistake(int exitCode, string text)
{
    public int ExitCode => exitCode;

    public string Text => text;
}
