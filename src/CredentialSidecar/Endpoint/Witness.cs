using System.Collections.Concurrent;
using System.Net;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Telemetry;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace CredentialSidecar.Endpoint;

/// <summary>
/// Two opinions on whose a connection is, which must agree. The port says whom the firewall's rule redirected; but conntrack may
/// keep a translation for the next user of a source port. The kernel's sockets say who has that port now; but conntrack may
/// have changed the port, and then they are somebody else's.
/// </summary>
internal sealed partial class Witness(Beyond beyond, TimeProvider clock, ILogger<Witness> logger)
{
    private readonly ConcurrentDictionary<int, Sparing> _disagreements = new();

    public ConnectionDelegate Identify(ConnectionDelegate next, InterceptedUser user) => connection =>
    {
        connection.Features.Set(Of(connection, user));
        return next(connection);
    };

    private Intercepted Of(ConnectionContext connection, InterceptedUser user)
    {
        if (connection.Features.Get<IConnectionSocketFeature>()?.Socket is not { } socket || connection.RemoteEndPoint is not IPEndPoint client || !Intercepted.Agent.Equals(beyond.Meant(socket)))
        {
            return new Intercepted(null, "This port is for connections to 169.254.170.2 that interception redirects; ask 169.254.170.2, or the sidecar's own port with its token.");
        }

        if (beyond.UidOf(client, Intercepted.Agent) is not { } uid)
        {
            return new Intercepted(null, "The kernel does not tell whose connection this is; connect again.");
        }

        if (uid != user.Uid)
        {
            Report(user, uid, client);
            return new Intercepted(null, "The port of this connection and the kernel disagree on whose it is; connect again. If that does not help, compare Interception:Uids with what intercept up was given.");
        }

        return Places.TryClaim(connection.Features, $"uid {uid}") ? new Intercepted(uid) : new Intercepted(null, Places.TooMany);
    }

    private void Report(InterceptedUser user, uint uid, IPEndPoint client)
    {
        if (_disagreements.GetOrAdd(user.Port, _ => new Sparing(clock)).IsDue(out var before))
        {
            Log.Disagreed(logger, user.Port, user.Uid, user.Destination, client, uid, before + 1);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.WitnessesDisagreed, LogLevel.Error,
            "Rejected a connection on port {Port}, which is that of uid {Uid} ({Destination}), because the kernel says that {Client} belongs to uid {Other}; {Count} since the last such line.")]
        public static partial void Disagreed(ILogger logger, int port, uint uid, string destination, IPEndPoint client, uint other, int count);
    }
}
