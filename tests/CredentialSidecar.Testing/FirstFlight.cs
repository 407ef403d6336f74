using System.Net.Security;

namespace CredentialSidecar.Testing;

/// <summary>Records what a TLS client sends before it has heard anything, for handshakes that stay half done.</summary>
internal sealed class FirstFlight : Stream
{
    private readonly MemoryStream _sent = new();

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _sent.Length;

    public override long Position { get => 0; set => throw new NotSupportedException(); }

    public static async Task<byte[]> RecordAsync(string host)
    {
        await using var flight = new FirstFlight();
        await using var stream = new SslStream(flight);

        try
        {
            await stream.AuthenticateAsClientAsync(host);
            throw new InvalidOperationException("The handshake was complete without an answer.");
        }
        catch (IOException)
        {
            return flight._sent.ToArray();
        }
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => 0;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => _sent.Write(buffer, offset, count);
}
