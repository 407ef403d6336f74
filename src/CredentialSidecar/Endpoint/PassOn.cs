using CredentialSidecar.Chains;

namespace CredentialSidecar.Endpoint;

/// <summary>Forwards a request to the agent.</summary>
/// <returns>Null if an answer was begun; otherwise what the agent did, as the predicate of a sentence.</returns>
/// <param name="client">The client of the request; null if unknown.</param>
internal delegate Task<string?> PassOn(HttpContext http, string? client);

internal static class PassingOn
{
    /// <exception cref="CredentialException">The agent gave no answer that can be forwarded; nothing was sent.</exception>
    public static async Task OrRefuseAsync(this PassOn passOn, HttpContext http, string? client)
    {
        if (await passOn(http, client) is { } trouble && !http.RequestAborted.IsCancellationRequested)
        {
            http.Response.Clear();
            throw new CredentialException(CredentialFailure.SourceUnavailable, $"The ECS agent {trouble}.");
        }
    }
}
