using System.Net.Sockets;
using CredentialSidecar.Networking;
using CredentialSidecar.Telemetry;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace CredentialSidecar.Endpoint;

/// <summary>Reads the uid of the peer of a Unix socket; tests replace it.</summary>
internal delegate uint? PeerUid(Socket socket);

/// <summary>Closes connections of all users except the sidecar's own and root, without reading the request or answering.</summary>
internal sealed partial class ControlPeers(PeerUid uidOf, ILogger<ControlPeers> logger)
{
    private int _isTold;

    public ConnectionDelegate Check(ConnectionDelegate next) => connection =>
    {
        var uid = connection.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket ? uidOf(socket) : null;

        if (uid is { } known && (known == 0 || known == Libc.EffectiveUid()))
        {
            return next(connection);
        }

        // Logged once, since any process that can open the socket could repeat it.
        if (Interlocked.Exchange(ref _isTold, 1) == 0)
        {
            Log.ControlRejected(logger, uid is null ? "unknown" : $"{uid}");
        }

        connection.Abort();
        return Task.CompletedTask;
    };

    private static partial class Log
    {
        [LoggerMessage(EventIds.ControlRejected, LogLevel.Warning,
            "A process of uid {Uid} connected to the control socket and was rejected: only the sidecar's own uid and root may use it. "
            + "This is logged once.")]
        public static partial void ControlRejected(ILogger logger, string uid);
    }
}
