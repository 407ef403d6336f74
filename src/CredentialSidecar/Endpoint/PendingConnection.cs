using System.Net;
using System.Net.Sockets;
using CredentialSidecar.Access;
using CredentialSidecar.Networking;
using Microsoft.AspNetCore.Connections;

namespace CredentialSidecar.Endpoint;

/// <summary>An accepted connection that Kestrel has not seen yet. It costs a descriptor and no buffers.</summary>
/// <remarks>One that is closed again never becomes a socket object: under a flood that would cost more than the rest.</remarks>
internal sealed class PendingConnection : IDisposable
{
    // socket.h, and a struct linger of 1 and 0.
    private const int Linger = 13, DontWaitAndPeek = 0x42;
    private static readonly byte[] AtOnce = [1, 0, 0, 0, 0, 0, 0, 0];

    private static readonly LingerOption Reset = new(true, 0);
    private static readonly ConnectionAbortedException Left = new("The connection sent nothing, or another one took its place.");

    private readonly Lock _gate = new();
    private readonly ConnectionBudget _budget;
    private readonly int _fd;
    private Socket? _socket;
    private ConnectionContext? _started;
    private bool _isClosed;

    /// <param name="fd">A socket that does not block, which this closes.</param>
    public PendingConnection(int fd, IPAddress peer, ConnectionBudget budget)
    {
        (_fd, _budget) = (fd, budget);
        Guest = new Guest(peer, () => Close(), () => State.Received);
    }

    public Guest Guest { get; }

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

    /// <summary>Copies what has arrived and leaves it where it is.</summary>
    public int Peek(Span<byte> buffer)
    {
        lock (_gate)
        {
            return _isClosed || _started is not null ? 0 : Peek(_fd, buffer);
        }
    }

    public static int Peek(int fd, Span<byte> buffer) => (int)Math.Max(0, Libc.Receive(fd, buffer, buffer.Length, DontWaitAndPeek));

    /// <summary>Calls back once something has arrived, the peer's end included.</summary>
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

    /// <summary>Gives the connection to Kestrel.</summary>
    /// <returns>Null where it was closed meanwhile.</returns>
    public ConnectionContext? Start(Func<Socket, ConnectionContext> create)
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
                socket.NoDelay = true;
                return _started = new CountedConnection(create(socket), Guest, _budget);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The peer has reset it.
            }
        }

        Close();
        return null;
    }

    /// <summary>Ends the connection by a reset, so that the kernel keeps nothing of it either.</summary>
    /// <returns>Whether it was still open.</returns>
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
                CloseSocket();
            }
        }

        if (_started is null)
        {
            _budget.Release(Guest);
            return true;
        }

        try
        {
            _socket!.LingerState = Reset;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is closed already.
        }

        _started.Abort(Left);
        return true;
    }

    public void Dispose() => Close();

    /// <summary>Ends a connection that has no place.</summary>
    public static void Close(int fd)
    {
        _ = Libc.SetOption(fd, Libc.SolSocket, Linger, AtOnce, AtOnce.Length);
        _ = Libc.Close(fd);
    }

    private Socket Socket() => _socket ??= new Socket(new SafeSocketHandle(_fd, ownsHandle: true));

    private void CloseSocket()
    {
        if (_socket is not null)
        {
            _socket.Close(0);
        }
        else
        {
            Close(_fd);
        }
    }
}
