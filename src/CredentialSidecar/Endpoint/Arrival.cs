using System.Net.Sockets;

namespace CredentialSidecar.Endpoint;

/// <summary>Waits until a connection has something to read, and reads nothing.</summary>
/// <remarks>This uses events, because one exception per closed connection would cost more than the connection itself.</remarks>
internal sealed class Arrival : SocketAsyncEventArgs
{
    private readonly PendingConnection _connection;
    private readonly Action<PendingConnection> _arrived;

    public Arrival(PendingConnection connection, Action<PendingConnection> arrived)
        : base(true)
    {
        (_connection, _arrived) = (connection, arrived);

        // Zero bytes: Kestrel reads the data later.
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
