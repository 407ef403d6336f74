namespace CredentialSidecar.Emulator.Worlds;

/// <summary>A world that cannot be: every mistake, one line each.</summary>
internal sealed class WorldException(IReadOnlyList<string> mistakes) : Exception(string.Join(Environment.NewLine, mistakes))
{
    public IReadOnlyList<string> Mistakes => mistakes;
}
