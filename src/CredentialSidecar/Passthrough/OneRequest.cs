using System.Net;
using System.Net.Sockets;

namespace CredentialSidecar.Passthrough;

/// <summary>A client for one request on a new connection.</summary>
/// <remarks>
/// <see cref="SocketsHttpHandler"/> retries a request up to three times if the server closes before it answers, and no setting
/// disables that. This class refuses a second connection, so the agent sees each request once.
/// </remarks>
internal static class OneRequest
{
    public static HttpMessageInvoker Client()
    {
        var connections = 0;

        return new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = TimeSpan.FromSeconds(2),
            ActivityHeadersPropagator = null,
            ConnectCallback = (context, cancellationToken) => Interlocked.Increment(ref connections) == 1
                ? ConnectAsync(context.DnsEndPoint, cancellationToken)
                : throw new IOException("The connection was closed before an answer arrived."),
        });
    }

    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint agent, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

        try
        {
            await socket.ConnectAsync(agent, cancellationToken);
            return new Connection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Ignores write errors, so that an answer which the agent sent before the end of the body still arrives.</summary>
    private sealed class Connection(Socket socket) : NetworkStream(socket, ownsSocket: true)
    {
        private bool _isClosed;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                if (!_isClosed)
                {
                    await base.WriteAsync(buffer, cancellationToken);
                }
            }
            catch (IOException)
            {
                // If the agent did not answer, reading the response fails at once.
                _isClosed = true;
            }
        }
    }
}
