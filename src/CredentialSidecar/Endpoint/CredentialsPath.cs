using System.Text.RegularExpressions;

namespace CredentialSidecar.Endpoint;

/// <summary>What a path of credentials asks for: a destination by name, the one that ends in a role, or the default one.</summary>
internal readonly record struct Wanted(string? Name, string? Role);

/// <summary>Reads the destination off a path.</summary>
/// <param name="withLocalEndpoints">
/// Whether <c>/creds</c>, <c>/role/{name}</c> and <c>/role-arn/{ARN}</c> lead to credentials too, as in amazon-ecs-local-container-endpoints.
/// </param>
internal sealed partial class CredentialsPath(bool withLocalEndpoints)
{
    private const string Root = "/v1/credentials";
    /// <returns>Whether it is a path of credentials at all.</returns>
    public bool TryRead(HttpContext http, out Wanted wanted)
    {
        var path = Cleaned(http.Request.Path);

        // By the text, since a PathString takes one case for the other.
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

        // The path of a role has slashes, which a client may encode. Decoded once, as by the agent; Kestrel leaves the slashes encoded.
        if (RoleArn().Match(Uri.UnescapeDataString(OwnCredentialsPath.RawTarget(http).Split('?', 2)[0])) is { Success: true } role)
        {
            wanted = new Wanted(null, role.Groups[1].Value);
            return true;
        }

        return text is "/creds" or "/creds/" || TryRead(path, "/role", ref wanted);
    }

    /// <summary>Whether a client means that role. Clients and proxies make one slash of several, so a path differs by nothing else.</summary>
    public static bool IsSame(string role, string asked) => DoubledSlashes().Replace(role, "/") == DoubledSlashes().Replace(asked, "/");

    private static bool TryRead(PathString path, string root, ref Wanted wanted)
    {
        var name = path.StartsWithSegments(root, StringComparison.Ordinal, out var rest) ? rest.Value!.Trim('/') : null;
        var isOne = name is { Length: > 0 } && !name.Contains('/', StringComparison.Ordinal);
        wanted = isOne ? new Wanted(name, null) : wanted;
        return isOne;
    }

    // The agent leads //v1//credentials to /v1/credentials; here it is that already, since some SDKs follow no redirect.
    private static PathString Cleaned(PathString path) => path.Value?.Contains("//", StringComparison.Ordinal) == true
        ? new PathString(DoubledSlashes().Replace(path.Value, "/"))
        : path;

    [GeneratedRegex("^/+role-arn/+(.+)\\z", RegexOptions.Singleline)]
    private static partial Regex RoleArn();

    [GeneratedRegex("/{2,}")]
    private static partial Regex DoubledSlashes();
}
