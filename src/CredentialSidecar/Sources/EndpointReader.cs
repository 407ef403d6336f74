using System.Net;

namespace CredentialSidecar.Sources;

/// <summary>Sends one GET to a link-local endpoint, without a proxy, and reads only small answers.</summary>
/// <param name="connect">Opens the connection; null for the usual way.</param>
internal sealed class EndpointReader(
    Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>>? connect = null) : IDisposable
{
    /// <summary>The largest task metadata: containers, their labels and their networks.</summary>
    public const int LargestMetadata = 1024 * 1024;

    private const int LargestAnswer = 64 * 1024;

    // The agent closes idle connections after 5 s, so close them earlier here.
    private readonly HttpClient _http = new(Handler(connect)) { Timeout = Timeout.InfiniteTimeSpan };

    /// <param name="authorization">Sent unchanged, without a scheme, as the contract requires.</param>
    /// <param name="largest">The largest answer to read, in bytes.</param>
    public async Task<(HttpStatusCode Status, byte[] Body)> GetAsync(
        Uri uri, string? authorization, CancellationToken cancellationToken, int largest = LargestAnswer)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, uri);
        request.Headers.Accept.ParseAdd("application/json");
        request.Headers.UserAgent.ParseAdd("credential-sidecar");

        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        await response.Content.LoadIntoBufferAsync(largest, cancellationToken);
        return (response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellationToken));
    }

    public void Dispose() => _http.Dispose();

    private static SocketsHttpHandler Handler(Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>>? connect)
    {
        var handler = DirectHttp.Handler(proxied: false);
        handler.ConnectCallback = connect ?? handler.ConnectCallback;
        return handler;
    }
}
