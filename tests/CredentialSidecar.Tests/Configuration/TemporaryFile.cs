namespace CredentialSidecar.Tests.Configuration;

/// <summary>A file that goes when the test does.</summary>
internal sealed class TemporaryFile : IDisposable
{
    public TemporaryFile(byte[] content) => File.WriteAllBytes(Path, content);

    public TemporaryFile(string content)
        : this(System.Text.Encoding.UTF8.GetBytes(content))
    {
    }

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), System.IO.Path.GetRandomFileName());

    public void Dispose() => File.Delete(Path);
}
