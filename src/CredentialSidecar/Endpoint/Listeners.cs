using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace CredentialSidecar.Endpoint;

/// <summary>Which listener a connection came in on. Nothing a client sends can choose another one.</summary>
internal enum Listener
{
    Credentials,

    /// <summary>Probes and <c>/status</c>, on loopback.</summary>
    Health,

    /// <summary>Probes alone, on the address that a kubelet asks.</summary>
    Probes,

    /// <summary>Connections to the ECS agent that interception redirects.</summary>
    Intercepted,
}

/// <summary>Opens the listeners with short limits: nothing an SDK sends comes near them.</summary>
internal static class Listeners
{
    public static void Open(KestrelServerOptions kestrel, IReadOnlyList<ListenerEndPoint> table)
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
            kestrel.Listen(row, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;

                if (row.Listener == Listener.Credentials)
                {
                    listen.Use(next => BareAnswers.Fill(next, kestrel.ApplicationServices.GetRequiredService<ContractAnswer>().Malformed));
                }
                else if (row.User is { } user)
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

    public static Listener Of(HttpContext http) => http.Features.Get<ListenerEndPoint>()!.Listener;
}
