using System.Net;
using System.Net.Security;
using CredentialSidecar.Access;
using CredentialSidecar.Telemetry;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace CredentialSidecar.Endpoint;

/// <summary>The certificate and the protocol versions for the next TLS connection.</summary>
internal delegate SslServerAuthenticationOptions TlsTerms();

/// <summary>Makes the TLS connections of a listener. Peers that the wall rejects get no handshake.</summary>
internal sealed partial class TlsDoor(
    TlsTerms terms, Wall wall, SidecarMetrics metrics, RejectionLedger ledger, AuditWriter audit, ILogger<TlsDoor> logger)
{
    /// <summary>A handshake that takes longer ends, like a request whose headers do not arrive.</summary>
    public static readonly TimeSpan LongestHandshake = TimeSpan.FromSeconds(5);

    private const string Handshake = "a TLS handshake";

    private static readonly Rejection Foreign =
        new(nameof(RejectionReason.RequestNotAllowed), nameof(Foreign), Handshake, "The peer is not in Access:Peers, as in event 407.");

    private static readonly Rejection Unused =
        new(nameof(Unused), nameof(Unused), Handshake, "The connection ended without a request, as in event 408.");

    public void AddTo(ListenOptions listen)
    {
        listen.Use(Watch);
        listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = _ => ValueTask.FromResult(terms()),
            HandshakeTimeout = LongestHandshake,
        });
        listen.Use(next => connection =>
        {
            connection.Features.Set(new Established());
            return next(connection);
        });
    }

    /// <summary>Closes connections of foreign peers, and reports those that end without a request.</summary>
    public ConnectionDelegate Watch(ConnectionDelegate next) => async connection =>
    {
        var (peer, own) = (AddressOf(connection.RemoteEndPoint), AddressOf(connection.LocalEndPoint));

        if (!wall.IsPeer(peer, own))
        {
            metrics.Refused(Foreign.Kind);

            if (ledger.Count(peer, client: null, Foreign, withAudit: true))
            {
                Log.PeerRejected(logger, PeerAddress.Text(peer));
                audit.Write(0, Foreign.Kind, client: null, peer);
            }

            return;
        }

        await next(connection);

        if (connection.Features.Get<Guest>() is { HasAsked: false } && ledger.Count(peer, client: null, Unused, withAudit: false))
        {
            Log.Unused(logger, PeerAddress.Text(peer),
                connection.Features.Get<Established>() is null ? "before the handshake was complete" : "after the handshake");
        }
    };

    private static IPAddress? AddressOf(EndPoint? endPoint) => (endPoint as IPEndPoint)?.Address;

    /// <summary>Marks a connection whose handshake was complete.</summary>
    private sealed class Established;

    private static partial class Log
    {
        [LoggerMessage(EventIds.TlsPeerRejected, LogLevel.Warning,
            "A TLS connection from {Peer} was closed without a handshake. "
            + "The sidecar does not serve this peer address: add its network to Access:Peers if it is a client.")]
        public static partial void PeerRejected(ILogger logger, string? peer);

        [LoggerMessage(EventIds.TlsUnused, LogLevel.Warning,
            "A TLS connection from {Peer} ended {When}, without a request. Clients do this if they do not trust the certificate, "
            + "or if it does not name the host of their URL; see docs/tls.md. Other programs do this if they only test the port.")]
        public static partial void Unused(ILogger logger, string? peer, string when);
    }
}
