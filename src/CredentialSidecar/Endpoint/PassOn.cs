using CredentialSidecar.Chains;

namespace CredentialSidecar.Endpoint;

/// <summary>Hands a request on to the agent.</summary>
/// <returns>Null where an answer was begun; else what the agent did instead, to be put behind its name.</returns>
/// <param name="client">Whose request it is; null where nobody is known.</param>
internal delegate Task<string?> PassOn(HttpContext http, string? client);

internal static class PassingOn
{
    /// <exception cref="CredentialException">The agent gave no answer that could be passed on, and nothing has been sent.</exception>
    public static async Task OrRefuseAsync(this PassOn passOn, HttpContext http, string? client)
    {
        if (await passOn(http, client) is { } trouble && !http.RequestAborted.IsCancellationRequested)
        {
            http.Response.Clear();
            throw new CredentialException(CredentialFailure.SourceUnavailable, $"The ECS agent {trouble}.");
        }
    }
}
