using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace CredentialSidecar.Endpoint;

/// <summary>Opens the listeners with short limits: nothing an SDK sends comes near them.</summary>
internal static class Listeners
{
    public static void Open(KestrelServerOptions kestrel, IReadOnlyList<Listener> table)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;
        kestrel.Limits.MaxRequestBodySize = 0;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        kestrel.Limits.MaxRequestHeaderCount = 50;
        kestrel.Limits.MaxRequestLineSize = 4 * 1024;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(75);

        // The largest body is 64 kB, and while it comes it holds one of few ways to the agent.
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 16 * 1024, gracePeriod: TimeSpan.FromSeconds(3));

        foreach (var row in table)
        {
            kestrel.Listen(row.Address is IPEndPoint address ? new ListenerEndPoint(address, row) : row.Address, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;

                // A connection knows its row from here on.
                listen.Use(next => connection =>
                {
                    connection.Features.Set(row);
                    return next(connection);
                });

                if (Routes.IsOn(row.Kind, Guards.PeerCredentials))
                {
                    listen.Use(next => kestrel.ApplicationServices.GetRequiredService<ControlPeers>().Check(next));
                }

                if (row.Kind == ListenerKind.Credentials)
                {
                    listen.Use(next => BareAnswers.Fill(next, kestrel.ApplicationServices.GetRequiredService<ContractAnswer>().Malformed));
                }
                else if (Routes.IsOn(row.Kind, Guards.RedirectedUid) && row.User is { } user)
                {
                    // Without bodies for bare answers: an answer of the agent's is passed on as it is.
                    listen.Use(next => kestrel.ApplicationServices.GetRequiredService<Witness>().Identify(next, user));
                }
            });
        }
    }

    /// <summary>Bounds what a connection costs whose client sends on and on and reads no answer; by default that is a megabyte here and several in the kernel.</summary>
    public static void Bound(SocketTransportOptions sockets)
    {
        sockets.MaxReadBufferSize = 20 * 1024;
        sockets.MaxWriteBufferSize = 16 * 1024;

        sockets.CreateBoundListenSocket = endPoint =>
        {
            var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);

            // Accepted connections inherit these, and the kernel doubles them; the largest request is 16 kB, the largest session 9 kB.
            (socket.ReceiveBufferSize, socket.SendBufferSize) = (8 * 1024, 16 * 1024);
            return socket;
        };
    }

    public static ListenerKind Of(HttpContext http) => http.Features.Get<Listener>()!.Kind;
}
