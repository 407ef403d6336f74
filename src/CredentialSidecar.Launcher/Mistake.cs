namespace CredentialSidecar.Launcher;

/// <summary>One sentence for a person, what happened and what to do, and the exit code it leads to.</summary>
internal sealed class Mistake(int exitCode, string text)
{
    public int ExitCode => exitCode;

    public string Text => text;
}
