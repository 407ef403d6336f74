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
    private const string RoleArn = "/role-arn/";

    /// <returns>Whether it is a path of credentials at all.</returns>
    public bool TryRead(PathString path, out Wanted wanted)
    {
        path = Cleaned(path);

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

        if (text.StartsWith(RoleArn, StringComparison.Ordinal) && text.Length > RoleArn.Length)
        {
            // The path of a role has slashes, which a client may encode.
            wanted = new Wanted(null, text[RoleArn.Length..].Replace("%2F", "/", StringComparison.OrdinalIgnoreCase));
            return true;
        }

        return text is "/creds" or "/creds/" || TryRead(path, "/role", ref wanted);
    }

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

    [GeneratedRegex("/{2,}")]
    private static partial Regex DoubledSlashes();
}
