namespace CredentialSidecar.Conformance.Parts;

/// <summary>A file with a token and no more, for as long as a test needs it.</summary>
internal sealed class TokenFile : IDisposable
{
    public TokenFile(string token) => File.WriteAllText(Path, token);

    public string Path { get; } = System.IO.Path.GetTempFileName();

    public void Dispose() => File.Delete(Path);
}
