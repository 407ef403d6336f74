using CredentialSidecar.Chains;

namespace CredentialSidecar.Endpoint;

/// <summary>Hands a request on to the agent; false where it gave no answer and none was begun.</summary>
/// <param name="client">Whose request it is; null where nobody is known.</param>
internal delegate Task<bool> PassOn(HttpContext http, string? client);

internal static class PassingOn
{
    /// <exception cref="CredentialException">The agent gave no answer, and nothing has been sent.</exception>
    public static async Task OrRefuseAsync(this PassOn passOn, HttpContext http, string? client)
    {
        if (!await passOn(http, client) && !http.RequestAborted.IsCancellationRequested)
        {
            http.Response.Clear();
            throw new CredentialException(CredentialFailure.SourceUnavailable, "The ECS agent gave no answer.");
        }
    }
}
