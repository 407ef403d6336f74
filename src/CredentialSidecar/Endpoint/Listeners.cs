using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace CredentialSidecar.Endpoint;

/// <summary>Opens the listeners with low limits, far above anything an SDK sends.</summary>
internal static class Listeners
{
    /// <summary>The size of a connection's send buffer in the kernel.</summary>
    private const int SendBuffer = 16 * 1024;

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

        // The largest body is 64 kB; while it arrives, it holds one of the few connections to the agent.
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 16 * 1024, gracePeriod: TimeSpan.FromSeconds(3));

        foreach (var row in table)
        {
            kestrel.Listen(EndPointOf(row), listen =>
            {
                listen.Protocols = HttpProtocols.Http1;

                // Stores the listener's row in each connection.
                listen.Use(next => connection =>
                {
                    connection.Features.Set(row);
                    return next(connection);
                });

                if (Routes.IsOn(row.Kind, Guards.PeerCredentials))
                {
                    listen.Use(next => kestrel.ApplicationServices.GetRequiredService<ControlPeers>().Check(next));
                }

                if (row.Kind == ListenerKind.Tls)
                {
                    kestrel.ApplicationServices.GetRequiredService<TlsDoor>().AddTo(listen);
                }

                if (row.Serves)
                {
                    listen.Use(next => BareAnswers.Fill(next, kestrel.ApplicationServices.GetRequiredService<ContractAnswer>().Malformed));
                }
                else if (Routes.IsOn(row.Kind, Guards.RedirectedUid) && row.User is { } user)
                {
                    // Without BareAnswers, because the agent's answers are forwarded unchanged.
                    listen.Use(next => kestrel.ApplicationServices.GetRequiredService<Witness>().Identify(next, user));
                }
            });
        }
    }

    /// <summary>
    /// Limits the memory of a connection whose client sends much and reads nothing. The defaults allow 1 MB here and more in the kernel.
    /// </summary>
    public static void Bound(SocketTransportOptions sockets)
    {
        sockets.MaxReadBufferSize = 20 * 1024;
        sockets.MaxWriteBufferSize = 16 * 1024;

        sockets.CreateBoundListenSocket = endPoint =>
        {
            var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);

            // Accepted connections inherit these sizes, and the kernel doubles them. The largest request has 16 kB, a session 9 kB.
            (socket.ReceiveBufferSize, socket.SendBufferSize) = (8 * 1024, SendBuffer);
            return socket;
        };
    }

    /// <summary>Sets what an accepted socket does not inherit from its listener.</summary>
    public static void Tune(Socket socket)
    {
        if (socket.AddressFamily == AddressFamily.Unix)
        {
            // TCP inherits the size.
            socket.SendBufferSize = SendBuffer;
        }
        else
        {
            socket.NoDelay = true;
        }
    }

    private static EndPoint EndPointOf(Listener row) => row switch
    {
        { Address: IPEndPoint address } => new ListenerEndPoint(address, row),
        { Kind: ListenerKind.Socket } => new SocketEndPoint($"{row.Address}", row),
        _ => row.Address,
    };

    public static ListenerKind Of(HttpContext http) => http.Features.Get<Listener>()!.Kind;
}
