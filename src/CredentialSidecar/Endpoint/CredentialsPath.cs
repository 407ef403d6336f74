using System.Text.RegularExpressions;

namespace CredentialSidecar.Endpoint;

/// <summary>Reads the destination off a path.</summary>
/// <param name="withLocalEndpoints">Whether <c>/creds</c>, <c>/role/{name}</c> and <c>/role-arn/{ARN}</c> lead to credentials too, as in amazon-ecs-local-container-endpoints.</param>
/// <param name="destinationOf">The configured destination that ends in a role; null where none does.</param>
internal sealed partial class CredentialsPath(bool withLocalEndpoints, Func<string, string?> destinationOf)
{
    private const string Root = "/v1/credentials";

    /// <param name="name">Null where the path names none.</param>
    /// <returns>Whether it is a path of credentials at all.</returns>
    public bool TryRead(PathString path, out string? name)
    {
        name = null;
        path = Cleaned(path);

        // By the text, since a PathString takes one case for the other.
        return path.Value is Root or Root + "/" || TryRead(path, Root, out name)
            || (withLocalEndpoints && (path.Value is "/creds" or "/creds/" || TryRead(path, "/role", out name) || TryReadArn(path, out name)));
    }

    // An ARN has slashes, plain or encoded. One that no destination ends in leads nowhere: only configured names reach STS.
    private bool TryReadArn(PathString path, out string? name)
    {
        var arn = path.StartsWithSegments("/role-arn", StringComparison.Ordinal, out var rest) ? rest.Value!.Trim('/').Replace("%2F", "/", StringComparison.OrdinalIgnoreCase) : "";
        name = arn.Length > 0 ? destinationOf(arn) ?? arn : null;
        return name is not null;
    }

    // The agent leads //v1//credentials to /v1/credentials; here it is that already, since some SDKs follow no redirect.
    private static PathString Cleaned(PathString path) => path.Value?.Contains("//", StringComparison.Ordinal) == true
        ? new PathString(DoubledSlashes().Replace(path.Value, "/"))
        : path;

    [GeneratedRegex("/{2,}")]
    private static partial Regex DoubledSlashes();

    private static bool TryRead(PathString path, string root, out string? name)
    {
        name = path.StartsWithSegments(root, StringComparison.Ordinal, out var rest) ? rest.Value!.Trim('/') : null;
        return name is { Length: > 0 } && !name.Contains('/', StringComparison.Ordinal);
    }
}
