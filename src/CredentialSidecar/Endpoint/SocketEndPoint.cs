using System.Net;

namespace CredentialSidecar.Endpoint;

/// <summary>The path of a Unix socket for credentials, with its row of the listener table.</summary>
/// <remarks>Kestrel opens a UnixDomainSocketEndPoint with its own transport, which has no budget of connections.</remarks>
internal sealed class SocketEndPoint(string path, Listener row) : EndPoint
{
    public string Path => path;

    public Listener Row => row;

    public override string ToString() => path;
}
