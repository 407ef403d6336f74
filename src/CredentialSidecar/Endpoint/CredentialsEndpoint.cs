using CredentialSidecar.Access;
using CredentialSidecar.Caching;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Endpoint;

/// <summary><c>GET /v1/credentials/{destination}</c> and <c>GET /v1/credentials</c>: the container credentials contract.</summary>
internal sealed class CredentialsEndpoint(SessionTree tree, TokenGuard guard, ContractAnswer answer)
{
    private const string Root = "/v1/credentials";

    /// <summary>Answers the two paths and every other one.</summary>
    /// <remarks>A fixed path needs no routing table, and so none of the framework's answers without a body.</remarks>
    public async Task AnswerAsync(HttpContext http)
    {
        try
        {
            // The body was made when the session was renewed; a hit copies bytes and nothing else.
            await answer.SendAsync(http, 200, await ReadAsync(http));
        }
        catch (CredentialException e)
        {
            await answer.RefuseAsync(http, e, Shown(http.Request.Path));
        }
    }

    private static bool TryRead(PathString path, out string? name)
    {
        name = null;

        if (path == Root || path == Root + "/")
        {
            return true;
        }

        if (!path.StartsWithSegments(Root, StringComparison.Ordinal, out var rest))
        {
            return false;
        }

        name = rest.Value!.Trim('/');
        return !name.Contains('/', StringComparison.Ordinal);
    }

    private ValueTask<ReadOnlyMemory<byte>> ReadAsync(HttpContext http)
    {
        if (!TryRead(http.Request.Path, out var name))
        {
            throw new CredentialException(CredentialFailure.UnknownPath,
                "No such path. Credentials are at /v1/credentials/{destination}; check AWS_CONTAINER_CREDENTIALS_FULL_URI.");
        }

        if (!HttpMethods.IsGet(http.Request.Method))
        {
            http.Response.Headers.Allow = "GET";
            throw new CredentialException(CredentialFailure.WrongMethod, "Only GET is answered here.");
        }

        guard.Check(http.Request.Headers.Authorization);

        var destination = name is null ? tree.Default : tree.Find(name);
        return destination?.ReadAsync(http.RequestAborted) ?? throw new CredentialException(CredentialFailure.UnknownDestination, name is null
            ? "There is no default destination. Name one: /v1/credentials/{destination}."
            : "There is no destination of that name; check AWS_CONTAINER_CREDENTIALS_FULL_URI and the sidecar's Destinations.");
    }

    // A path is the stranger's own text, and may hold a token put in the wrong place: only configured names are repeated.
    private string Shown(PathString path) =>
        !TryRead(path, out var name) ? "another path" : name is null ? Root : tree.Find(name) is null ? "a name that is not configured" : name;
}
