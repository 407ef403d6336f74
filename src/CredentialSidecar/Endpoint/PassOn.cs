using CredentialSidecar.Chains;

namespace CredentialSidecar.Endpoint;

/// <summary>Hands a request on to the agent; false where it gave no answer and none was begun.</summary>
internal delegate Task<bool> PassOn(HttpContext http);

internal static class PassingOn
{
    /// <exception cref="CredentialException">The agent gave no answer, and nothing has been sent.</exception>
    public static async Task OrRefuseAsync(this PassOn passOn, HttpContext http)
    {
        if (!await passOn(http) && !http.RequestAborted.IsCancellationRequested)
        {
            http.Response.Clear();
            throw new CredentialException(CredentialFailure.SourceUnavailable, "The ECS agent gave no answer.");
        }
    }
}
