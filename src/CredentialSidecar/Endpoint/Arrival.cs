using System.Net.Sockets;

namespace CredentialSidecar.Endpoint;

/// <summary>Waits until a connection has something to read, and reads nothing.</summary>
/// <remarks>An exception for each connection that hangs up would cost more than the connection, so this waits by events.</remarks>
internal sealed class Arrival : SocketAsyncEventArgs
{
    private readonly PendingConnection _connection;
    private readonly Action<PendingConnection> _arrived;

    public Arrival(PendingConnection connection, Action<PendingConnection> arrived)
        : base(true)
    {
        (_connection, _arrived) = (connection, arrived);

        // Nothing is read: Kestrel reads it later.
        SetBuffer(Memory<byte>.Empty);
    }

    public void Complete() => OnCompleted(this);

    protected override void OnCompleted(SocketAsyncEventArgs e)
    {
        Dispose();

        if (SocketError == SocketError.Success)
        {
            _arrived(_connection);
        }
        else
        {
            _connection.Close();
        }
    }
}
