using System.Text.RegularExpressions;

namespace CredentialSidecar.Endpoint;

/// <summary>What a credentials path requests: a destination by name, the destination of a role, or the default destination.</summary>
internal readonly record struct Wanted(string? Name, string? Role);

/// <summary>Reads the destination from a path.</summary>
/// <param name="withLocalEndpoints">
/// Whether <c>/creds</c>, <c>/role/{name}</c> and <c>/role-arn/{ARN}</c> lead to credentials too, as in
/// amazon-ecs-local-container-endpoints.
/// </param>
internal sealed partial class CredentialsPath(bool withLocalEndpoints)
{
    private const string Root = "/v1/credentials";

    /// <returns>Whether the path is a credentials path.</returns>
    public bool TryRead(HttpContext http, out Wanted wanted)
    {
        var path = Cleaned(http.Request.Path);

        // Compared as text, since PathString ignores case.
        var text = path.Value ?? "";
        wanted = default;

        if (text is Root or Root + "/" || TryRead(path, Root, ref wanted))
        {
            return true;
        }

        if (!withLocalEndpoints)
        {
            return false;
        }

        // A role path has slashes, which a client may encode. Decode once, as the agent does; Kestrel leaves slashes encoded.
        if (RoleArn().Match(Uri.UnescapeDataString(OwnCredentialsPath.RawTarget(http).Split('?', 2)[0])) is { Success: true } role)
        {
            wanted = new Wanted(null, role.Groups[1].Value);
            return true;
        }

        return text is "/creds" or "/creds/" || TryRead(path, "/role", ref wanted);
    }

    /// <summary>
    /// Whether a client means this role. Clients and proxies merge repeated slashes, so the comparison ignores repeated slashes.
    /// </summary>
    public static bool IsSame(string role, string asked) => DoubledSlashes().Replace(role, "/") == DoubledSlashes().Replace(asked, "/");

    private static bool TryRead(PathString path, string root, ref Wanted wanted)
    {
        var name = path.StartsWithSegments(root, StringComparison.Ordinal, out var rest) ? rest.Value!.Trim('/') : null;
        var isOne = name is { Length: > 0 } && !name.Contains('/', StringComparison.Ordinal);
        wanted = isOne ? new Wanted(name, null) : wanted;
        return isOne;
    }

    // The agent redirects //v1//credentials to /v1/credentials. Some SDKs follow no redirect, so both work here.
    private static PathString Cleaned(PathString path) => path.Value?.Contains("//", StringComparison.Ordinal) == true
        ? new PathString(DoubledSlashes().Replace(path.Value, "/"))
        : path;

    [GeneratedRegex("^/+role-arn/+(.+)\\z", RegexOptions.Singleline)]
    private static partial Regex RoleArn();

    [GeneratedRegex("/{2,}")]
    private static partial Regex DoubledSlashes();
}
