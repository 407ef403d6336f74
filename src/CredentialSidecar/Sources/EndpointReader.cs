using System.Net;

namespace CredentialSidecar.Sources;

/// <summary>One GET to a link-local endpoint: never through a proxy, and never more than a small answer.</summary>
internal sealed class EndpointReader : IDisposable
{
    /// <summary>For the metadata of a task: its containers, their labels and their networks.</summary>
    public const int LargestMetadata = 1024 * 1024;

    private const int LargestAnswer = 64 * 1024;

    // The agent's pool must not hold connections that the agent closes after 5 s.
    private readonly HttpClient _http = new(DirectHttp.Handler(proxied: false)) { Timeout = Timeout.InfiniteTimeSpan };

    /// <param name="authorization">Sent verbatim, as the contract has it: no scheme goes before it.</param>
    /// <param name="largest">The size of an answer beyond which it is not read.</param>
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
}
