using System.Net.Sockets;
using Xunit;

namespace CredentialSidecar.Tests.Launcher;

/// <summary>A Unix socket in the sidecar's place, that every user may open.</summary>
internal sealed class ListeningSocket : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("forward-").FullName;
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public ListeningSocket()
    {
        _socket.Bind(new UnixDomainSocketEndPoint(Path));
        _socket.Listen();

        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_directory, (UnixFileMode)0b111_111_111);
            File.SetUnixFileMode(Path, (UnixFileMode)0b111_111_111);
        }
    }

    public string Path => System.IO.Path.Combine(_directory, "s");

    public async Task<Socket> AcceptAsync() => await _socket.AcceptAsync(TestContext.Current.CancellationToken);

    public void Dispose()
    {
        _socket.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
