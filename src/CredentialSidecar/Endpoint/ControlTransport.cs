using System.Net;
using System.Net.Sockets;
using CredentialSidecar.Telemetry;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace CredentialSidecar.Endpoint;

/// <summary>Opens the control socket for Kestrel.</summary>
/// <remarks>
/// If the socket cannot be opened, the sidecar still serves credentials. Its connections are outside the budget, because only
/// the sidecar's own user and root can connect.
/// </remarks>
internal sealed partial class ControlTransport(ILoggerFactory loggers) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private const int Backlog = 16;

    public bool CanBind(EndPoint endpoint) => endpoint is UnixDomainSocketEndPoint;

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        Socket socket;

        try
        {
            socket = SocketFile.Open($"{endpoint}", SocketFile.Owner, Backlog);
        }
        catch (IOException e)
        {
            Log.ControlNotOpened(loggers.CreateLogger<ControlTransport>(), $"{endpoint}", e.Message);
            return new Closed(endpoint);
        }

        // A supervisor holds ports but not this socket, so its options do not apply here.
        var options = new SocketTransportOptions { CreateBoundListenSocket = _ => socket };
        var sockets = new SocketTransportFactory(Options.Create(options), loggers);
        return new Opened(await sockets.BindAsync(endpoint, cancellationToken), endpoint);
    }

    /// <summary>A listener that removes its file when it closes.</summary>
    /// <remarks>It still listens at that time, so another sidecar replaces the socket only after somebody removed the file.</remarks>
    private sealed class Opened(IConnectionListener inner, EndPoint endpoint) : IConnectionListener
    {
        private bool _isRemoved;

        public EndPoint EndPoint => endpoint;

        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
            inner.AcceptAsync(cancellationToken);

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            if (!_isRemoved)
            {
                _isRemoved = true;
                SocketFile.Remove($"{endpoint}");
            }

            return inner.UnbindAsync(cancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            await UnbindAsync();
            await inner.DisposeAsync();
        }
    }

    /// <summary>A listener without a socket.</summary>
    private sealed class Closed(EndPoint endpoint) : IConnectionListener
    {
        private readonly TaskCompletionSource<ConnectionContext?> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public EndPoint EndPoint => endpoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
            await _end.Task.WaitAsync(cancellationToken);

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            _end.TrySetResult(null);
            return default;
        }

        public ValueTask DisposeAsync() => UnbindAsync();
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.ControlNotOpened, LogLevel.Warning,
            "The control socket {Path} is not open: {Reason}. "
            + "The commands reload, renew, rotate-tokens and status do not reach this sidecar; credentials are not affected.")]
        public static partial void ControlNotOpened(ILogger logger, string path, string reason);
    }
}
