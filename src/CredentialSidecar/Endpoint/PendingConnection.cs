using System.Net;
using System.Net.Sockets;
using CredentialSidecar.Access;
using CredentialSidecar.Networking;
using Microsoft.AspNetCore.Connections;

namespace CredentialSidecar.Endpoint;

/// <summary>An accepted connection that Kestrel has not seen yet. It costs a descriptor and no buffers.</summary>
/// <remarks>A connection that closes early never becomes a Socket object, which would be the largest cost under a flood.</remarks>
internal sealed class PendingConnection : IDisposable
{
    private static readonly LingerOption Reset = new(true, 0);
    private static readonly ConnectionAbortedException Left = new("The connection sent nothing, or another one took its place.");

    private readonly Lock _gate = new();
    private readonly ConnectionBudget _room, _budget;
    private readonly int _fd;
    private int _hasLeftRoom;
    private Socket? _socket;
    private ConnectionContext? _started;
    private bool _isClosed;

    /// <param name="fd">A non-blocking socket, which this object closes.</param>
    /// <param name="room">The budget for its place until it starts.</param>
    /// <param name="budget">The budget for its place after that.</param>
    /// <param name="findPeer">Finds the user at its other end.</param>
    public PendingConnection(int fd, IPAddress peer, ConnectionBudget room, ConnectionBudget budget, FindPeer findPeer)
    {
        (_fd, _room, _budget) = (fd, room, budget);
        Peer = new PeerUser(() => Find(findPeer));
        Waiting = new Guest(peer, () => Close(), () => State.Received);
        Guest = new Guest(peer, () => Close(), () => State.Received);
    }

    /// <summary>Its entry in the waiting room.</summary>
    public Guest Waiting { get; }

    /// <summary>Its entry after it has started.</summary>
    public Guest Guest { get; }

    /// <summary>The user at its other end.</summary>
    public PeerUser Peer { get; }

    public TcpState State
    {
        get
        {
            lock (_gate)
            {
                return _isClosed ? new(0, HasHungUp: true) : _started is null ? TcpState.Of(_fd) : TcpState.Of(_socket!);
            }
        }
    }

    /// <summary>Copies the received bytes without removing them from the socket.</summary>
    public int Peek(Span<byte> buffer)
    {
        lock (_gate)
        {
            return _isClosed || _started is not null ? 0 : RawSocket.Peek(_fd, buffer);
        }
    }

    /// <summary>Calls back once data, or the end of the connection, has arrived.</summary>
    public void Await(Action<PendingConnection> arrived)
    {
        Arrival arrival;

        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            arrival = new Arrival(this, arrived);

            try
            {
                if (Socket().ReceiveAsync(arrival))
                {
                    return;
                }
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException)
            {
                return;
            }
        }

        arrival.Complete();
    }

    /// <summary>Turns it into a Kestrel connection, which takes a place in the budget and leaves the waiting room.</summary>
    /// <param name="client">The client of its valid token; null if it has none.</param>
    /// <returns>Null if it was closed meanwhile, or no place became free.</returns>
    public async ValueTask<ConnectionContext?> StartAsync(Func<Socket, ConnectionContext> create, string? client)
    {
        if (!await _budget.AdmitAsync(Guest, CancellationToken.None))
        {
            Close();
            return null;
        }

        if (client is not null)
        {
            // Places.TryClaim checks the client's share again when the request is answered.
            _budget.Recognize(Guest, client);
        }

        if (Create(create) is { } connection)
        {
            LeaveRoom();
            return connection;
        }

        Close();
        _budget.Release(Guest);
        return null;
    }

    /// <summary>Resets the connection, so that the kernel keeps no state either.</summary>
    /// <returns>Whether the connection was still open.</returns>
    public bool Close()
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return false;
            }

            _isClosed = true;

            if (_started is null)
            {
                if (_socket is not null)
                {
                    _socket.Close(0);
                }
                else
                {
                    RawSocket.Reset(_fd);
                }
            }
        }

        if (_started is null)
        {
            LeaveRoom();
            Guest.EndTurn();
            return true;
        }

        try
        {
            _socket!.LingerState = Reset;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Already closed.
        }

        _started.Abort(Left);
        return true;
    }

    public void Dispose() => Close();

    private CountedConnection? Create(Func<Socket, ConnectionContext> create)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return null;
            }

            try
            {
                var socket = Socket();
                Listeners.Tune(socket);
                var connection = new CountedConnection(create(socket), Guest, _budget);
                _started = connection;
                return connection;
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The peer reset the connection.
                return null;
            }
        }
    }

    private LocalPeer Find(FindPeer findPeer)
    {
        lock (_gate)
        {
            return _isClosed || _socket is { SafeHandle.IsClosed: true } ? new(null, "the connection is closed") : findPeer(_fd);
        }
    }

    private void LeaveRoom()
    {
        if (Interlocked.Exchange(ref _hasLeftRoom, 1) == 0)
        {
            _room.Release(Waiting);
        }
    }

    private Socket Socket() => _socket ??= new Socket(new SafeSocketHandle(_fd, ownsHandle: true));
}
