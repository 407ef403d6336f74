using System.Net;
using System.Net.Sockets;
using CredentialSidecar.Access;
using CredentialSidecar.Telemetry;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace CredentialSidecar.Endpoint;

/// <summary>Accepts connections as Kestrel's own listener does, but asks the budget before a connection costs any memory.</summary>
internal sealed partial class BudgetedListener(
    Socket socket, ListenerEndPoint endPoint, ConnectionBudget budget, SocketConnectionContextFactory connections, Func<Socket, long> received, TimeProvider clock, ILogger logger)
    : IConnectionListener
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private static readonly LingerOption Reset = new(true, 0);
    private static readonly ConnectionAbortedException Left = new("The connection sent nothing, or another one took its place.");

    private bool _isShortOfFiles;

    public EndPoint EndPoint => socket.LocalEndPoint is IPEndPoint bound ? new ListenerEndPoint(bound.Address, bound.Port, endPoint.Listener) : endPoint;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Socket accepted;

            try
            {
                accepted = await socket.AcceptAsync(cancellationToken);
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return null;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable)
            {
                // The connection stays in the kernel's queue, and asking again at once would only spin.
                await TellAndPauseAsync(e.SocketErrorCode, cancellationToken);
                continue;
            }
            catch (SocketException)
            {
                // The client hung up before it was accepted.
                continue;
            }

            if (await AdmitAsync(accepted, cancellationToken) is { } connection)
            {
                return connection;
            }

            // A reset: nothing stays behind, not even for the kernel.
            accepted.Close(0);
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        socket.Dispose();
        return default;
    }

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        connections.Dispose();
        return default;
    }

    private async ValueTask<ConnectionContext?> AdmitAsync(Socket accepted, CancellationToken cancellationToken)
    {
        ConnectionContext? connection = null;
        var isLeaving = 0;
        var guest = new Guest((accepted.RemoteEndPoint as IPEndPoint)?.Address, Close, () => received(accepted));

        if (!await budget.AdmitAsync(guest, cancellationToken))
        {
            return null;
        }

        try
        {
            accepted.NoDelay = true;
            connection = connections.Create(accepted);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The client hung up meanwhile.
            budget.Release(guest);
            return null;
        }

        connection.Features.Set(guest);
        connection.Features.Set(budget);
        connection.Features.Set(endPoint);

        // It may have been told to leave before there was anything to close.
        Interlocked.MemoryBarrier();

        if (isLeaving != 0)
        {
            Close();
        }

        return new CountedConnection(connection, guest, budget);

        void Close()
        {
            Interlocked.Exchange(ref isLeaving, 1);

            try
            {
                accepted.LingerState = Reset;
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // It is closed already.
            }

            connection?.Abort(Left);
        }
    }

    private async Task TellAndPauseAsync(SocketError reason, CancellationToken cancellationToken)
    {
        if (!_isShortOfFiles)
        {
            _isShortOfFiles = true;
            Log.OutOfFiles(logger, EndPoint, reason);
        }

        await Task.Delay(Pause, clock, cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.OutOfFiles, LogLevel.Error,
            "The process cannot accept a connection on {Listener}: {Reason}; new connections wait. Raise the limit of open files (ulimits nofile in ECS and compose) or of memory. This is logged once.")]
        public static partial void OutOfFiles(ILogger logger, EndPoint listener, SocketError reason);
    }
}
