using System.Net;
using System.Net.Sockets;
using CredentialSidecar.Access;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace CredentialSidecar.Endpoint;

/// <summary>
/// Opens Kestrel's listeners. Credentials and intercepted listeners share one budget; each probe listener has a separate one.
/// </summary>
/// <remarks>Uses the system clock, like Kestrel's own time limits.</remarks>
/// <param name="requests">The budget of the credentials and the intercepted listeners.</param>
internal sealed class BudgetedTransport(IOptions<SocketTransportOptions> options, ConnectionBudget requests, ConnectionLimits limits,
    Visitors visitors, ILoggerFactory loggers)
    : IConnectionListenerFactory, IDisposable
{
    private readonly ConnectionBudget _room = new(limits.Waiting, 1, TimeProvider.System);

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var row = endpoint switch
        {
            ListenerEndPoint listener => listener.Row,
            SocketEndPoint file => file.Row,
            _ => throw new InvalidOperationException($"{endpoint} is not in the listener table."),
        };

        try
        {
            var socket = Open(endpoint);
            var isProbed = row.IsProbed;
            var budget = isProbed ? new ConnectionBudget(limits.Probes, 1, TimeProvider.System) : requests;
            var room = isProbed ? new ConnectionBudget(limits.Waiting / 2, 1, TimeProvider.System) : _room;
            var connections = new SocketConnectionContextFactory(Of(options.Value),
                loggers.CreateLogger("Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets"));
            return new(new BudgetedListener(socket, endpoint, row, room, budget, visitors, connections, TimeProvider.System,
                loggers.CreateLogger<BudgetedListener>()));
        }
        catch (Exception e) when (e is SocketException || (e is IOException && endpoint is SocketEndPoint))
        {
            throw new ListenException(endpoint, row, e);
        }
    }

    public void Dispose() => _room.Dispose();

    private Socket Open(EndPoint endpoint)
    {
        // A supervisor does not hold a Unix socket: other users cannot take its path in the sidecar's directory.
        if (endpoint is SocketEndPoint { Path: var path })
        {
            return SocketFile.Open(path, SocketFile.Everyone, ConnectionLimits.Backlog, takesOver: true);
        }

        var socket = options.Value.CreateBoundListenSocket(endpoint);
        socket.Listen(ConnectionLimits.Backlog);
        return socket;
    }

    private static SocketConnectionFactoryOptions Of(SocketTransportOptions options) => new()
    {
        IOQueueCount = options.IOQueueCount,
        MaxReadBufferSize = options.MaxReadBufferSize,
        MaxWriteBufferSize = options.MaxWriteBufferSize,
        WaitForDataBeforeAllocatingBuffer = options.WaitForDataBeforeAllocatingBuffer,
    };
}
