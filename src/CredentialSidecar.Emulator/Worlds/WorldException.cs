namespace CredentialSidecar.Emulator.Worlds;

/// <summary>An invalid world, with one line for each mistake.</summary>
internal sealed class WorldException(IReadOnlyList<string> mistakes) : Exception(string.Join(Environment.NewLine, mistakes))
{
    public IReadOnlyList<string> Mistakes => mistakes;
}
