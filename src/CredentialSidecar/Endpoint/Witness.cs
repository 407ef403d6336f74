using System.Collections.Concurrent;
using System.Net;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Telemetry;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace CredentialSidecar.Endpoint;

/// <summary>
/// Determines the user of a redirected connection from two sources, which must agree. The listener's port shows which firewall
/// rule redirected it, but conntrack may keep a translation for the next user of a source port. The kernel's socket table shows
/// the current owner of the source port, but conntrack may have changed that port.
/// </summary>
internal sealed partial class Witness(KernelAndAgent kernelAndAgent, TimeProvider clock, ILogger<Witness> logger)
{
    private readonly ConcurrentDictionary<int, Sparing> _disagreements = new();

    public ConnectionDelegate Identify(ConnectionDelegate next, InterceptedUser user) => connection =>
    {
        connection.Features.Set(Of(connection, user));
        return next(connection);
    };

    private InterceptedConnection Of(ConnectionContext connection, InterceptedUser user)
    {
        if (connection.Features.Get<IConnectionSocketFeature>()?.Socket is not { } socket
            || connection.RemoteEndPoint is not IPEndPoint client
            || !InterceptedConnection.Agent.Equals(kernelAndAgent.Meant(socket)))
        {
            return new InterceptedConnection(null,
                "This port only accepts redirected connections. Connect to 169.254.170.2, or to the sidecar's own port with its token.");
        }

        if (kernelAndAgent.UidOf(client, InterceptedConnection.Agent) is not { } uid)
        {
            return new InterceptedConnection(null, "The kernel does not report the user of this connection. Connect again.");
        }

        if (uid != user.Uid)
        {
            Report(user, uid, client);
            return new InterceptedConnection(null,
                "The port and the kernel name different users for this connection. Connect again. "
                + "If that does not help, compare Interception:Uids with the settings of intercept up.");
        }

        return Places.TryClaim(connection.Features, $"uid {uid}")
            ? new InterceptedConnection(uid)
            : new InterceptedConnection(null, Places.TooMany);
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
            "Rejected a connection on port {Port} of uid {Uid} ({Destination}): the kernel says that {Client} belongs to uid {Other}. "
            + "Rejected connections since the last such line: {Count}.")]
        public static partial void Disagreed(ILogger logger, int port, uint uid, string destination, IPEndPoint client, uint other,
            int count);
    }
}
