using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace CredentialSidecar.Testing;

/// <summary>A client that trusts one authority.</summary>
/// <param name="Host">The name that the server's certificate must have.</param>
/// <param name="Now">The client's time; null is the present.</param>
internal sealed record TlsClient(EndPoint Server, string Host, X509Certificate2 Authority, DateTimeOffset? Now = null)
{
    /// <summary>A connection after the handshake.</summary>
    /// <exception cref="AuthenticationException">The handshake failed.</exception>
    public async Task<SslStream> ConnectAsync(SslProtocols versions = SslProtocols.None, params SslApplicationProtocol[] offered)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(Server, limit.Token);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));

        try
        {
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = Host,
                EnabledSslProtocols = versions,
                ApplicationProtocols = offered.Length > 0 ? [.. offered] : null,
                RemoteCertificateValidationCallback = (_, certificate, _, _) => IsTrusted((X509Certificate2)certificate!),
            }, limit.Token);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <returns>All that came back until the other side closed the connection.</returns>
    public async Task<string> AskAsync(string request)
    {
        await using var stream = await ConnectAsync();
        return await AskAsync(stream, request);
    }

    /// <summary>A GET with a token; the connection stays open.</summary>
    public string Get(string path, string token) => $"GET {path} HTTP/1.1\r\nHost: {Host}\r\nAuthorization: {token}\r\n\r\n";

    /// <summary>Asks on a connection, and reads until the end of the connection or of a small answer.</summary>
    public static async Task<string> AskAsync(SslStream stream, string request)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request), limit.Token);
        var answer = new StringBuilder();
        var buffer = new byte[16 * 1024];

        while (await stream.ReadAsync(buffer, limit.Token) is > 0 and var count)
        {
            answer.Append(Encoding.UTF8.GetString(buffer, 0, count));

            if (answer.ToString() is var text && text.EndsWith('}') && !request.Contains("Connection: close", StringComparison.Ordinal))
            {
                return text;
            }
        }

        return answer.ToString();
    }

    private bool IsTrusted(X509Certificate2 certificate)
    {
        using var chain = new X509Chain
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                VerificationTime = (Now ?? TimeProvider.System.GetUtcNow()).UtcDateTime,
                CustomTrustStore = { Authority },
            },
        };
        return chain.Build(certificate) && certificate.MatchesHostname(Host);
    }
}
