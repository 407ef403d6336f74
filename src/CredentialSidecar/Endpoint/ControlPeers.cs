using System.Net.Sockets;
using CredentialSidecar.Networking;
using CredentialSidecar.Telemetry;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace CredentialSidecar.Endpoint;

/// <summary>Which user is at the other end of a Unix socket; a test answers in the kernel's place.</summary>
internal delegate uint? PeerUid(Socket socket);

/// <summary>Closes a connection of any user but the sidecar's own and root. It gets no answer, and its request is not read.</summary>
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

        // Once, since anybody who may open the socket's file could repeat it.
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
            "A process of uid {Uid} connected to the control socket and got no answer: only the sidecar's own uid and root may use it. "
            + "This is logged once.")]
        public static partial void ControlRejected(ILogger logger, string uid);
    }
}
