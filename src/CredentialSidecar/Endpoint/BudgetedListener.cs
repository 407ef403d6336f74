using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using CredentialSidecar.Access;
using CredentialSidecar.Networking;
using CredentialSidecar.Telemetry;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace CredentialSidecar.Endpoint;

/// <summary>
/// Replaces Kestrel's listener: accepts connections, and passes them to Kestrel once a request has arrived. Clients come first.
/// </summary>
internal sealed partial class BudgetedListener : IConnectionListener
{
    // errno.h
    private const int TooManyFilesOfAll = 23, TooManyFiles = 24, NoMemory = 12, NoBuffers = 105;

    /// <summary>How many connections can be accepted within about 100 ms.</summary>
    private const int ShortQueue = 256;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Enough to keep every processor busy, but few enough that a client's request waits only briefly.</summary>
    private static readonly int MostStarting = Math.Max(4, 2 * Environment.ProcessorCount);

    private readonly Socket _socket;
    private readonly EndPoint _endPoint;
    private readonly ConnectionBudget _budget;
    private readonly SocketConnectionContextFactory _connections;
    private readonly ILogger _logger;
    private readonly Channel<ConnectionContext> _started = Channel.CreateUnbounded<ConnectionContext>();
    private readonly Reception _reception;
    private readonly CancellationTokenSource _end = new();
    private readonly RawListener _raw;
    private readonly Thread _thread;
    private bool _isShortOfFiles;

    public BudgetedListener(
        Socket socket, EndPoint endPoint, Listener row, ConnectionBudget room, ConnectionBudget budget, Visitors visitors,
        SocketConnectionContextFactory connections, TimeProvider clock, ILogger logger)
    {
        (_socket, _endPoint, _budget, _connections, _logger) = (socket, endPoint, budget, connections, logger);
        var strangers = new StrangersQueue(MostStarting, connection => Start(connection, null), visitors.Leave, clock);
        _reception = new Reception(row, room, budget, visitors, strangers, new HalfRequests(strangers.Add, clock), Start,
            () => _raw!.Queued < ShortQueue);
        _raw = new RawListener(socket);
        _thread = new Thread(AcceptAll, 256 * 1024) { IsBackground = true, Name = "accept" };
        _thread.Start();
    }

    public EndPoint EndPoint => _endPoint is ListenerEndPoint listener && _socket.LocalEndPoint is IPEndPoint bound
        ? listener.At(bound) : _endPoint;

    /// <returns>Null once the listener is closed.</returns>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _started.Reader.WaitToReadAsync(cancellationToken))
        {
            if (_started.Reader.TryRead(out var connection))
            {
                return connection;
            }
        }

        return null;
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        if (!_end.IsCancellationRequested)
        {
            _end.Cancel();

            if (_endPoint is SocketEndPoint { Path: var path })
            {
                // It still listens, so another sidecar does not take the path for a socket without a listener.
                SocketFile.Remove(path);
            }

            _raw.Stop();
            _thread.Join();
            _raw.Dispose();
            _socket.Dispose();
            _reception.CloseStrangers();
        }

        return default;
    }

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync();
        _reception.Dispose();
        _connections.Dispose();
    }

    private void AcceptAll()
    {
        try
        {
            while (!_end.IsCancellationRequested)
            {
                AcceptOne();
            }

            _started.Writer.TryComplete();
        }
        catch (Exception fault)
        {
            // AcceptAsync throws it, which ends the process.
            _started.Writer.TryComplete(fault is OperationCanceledException ? null : fault);
        }
    }

    private void AcceptOne()
    {
        var fd = _raw.Accept(out var peer, out var error);

        if (fd < 0)
        {
            if (error is TooManyFiles or TooManyFilesOfAll or NoBuffers or NoMemory)
            {
                // The connection stays in the kernel's queue, so an immediate retry would only spin.
                TellAndPause(error);
            }

            // Otherwise the client closed the connection before it was accepted.
            return;
        }

        _reception.Receive(fd, peer, _end.Token);
    }

    private void Start(PendingConnection pending, string? client) => _ = StartAsync(pending, client);

    private async Task StartAsync(PendingConnection pending, string? client)
    {
        if (await pending.StartAsync(_connections.Create, client) is not { } connection)
        {
            pending.Guest.EndTurn();
            return;
        }

        connection.Features.Set(pending.Guest);
        connection.Features.Set(pending.Peer);
        connection.Features.Set(_budget);

        if (!_started.Writer.TryWrite(connection))
        {
            connection.Abort(new ConnectionAbortedException("The listener is closed."));
            await connection.DisposeAsync();
        }
    }

    private void TellAndPause(int error)
    {
        if (!_isShortOfFiles)
        {
            _isShortOfFiles = true;
            Log.OutOfFiles(_logger, EndPoint, Marshal.GetPInvokeErrorMessage(error));
        }

        _end.Token.WaitHandle.WaitOne(Pause);
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.OutOfFiles, LogLevel.Error,
            "The sidecar cannot accept connections on {Listener}: {Reason}; new connections wait. "
            + "Raise the limit of open files (ulimits nofile in ECS and compose) or of memory. This is logged once.")]
        public static partial void OutOfFiles(ILogger logger, EndPoint listener, string reason);
    }
}
