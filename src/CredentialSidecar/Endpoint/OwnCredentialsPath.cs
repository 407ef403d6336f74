using Microsoft.AspNetCore.Http.Features;

namespace CredentialSidecar.Endpoint;

/// <summary>Recognizes the path of the task's own credentials, as the ECS agent reads it.</summary>
/// <remarks>
/// The agent's router decodes a path once, including slashes. A path that the agent would read as this one must not be forwarded.
/// </remarks>
internal sealed class OwnCredentialsPath
{
    private const string V1 = "/v1/credentials";
    private const string V2 = "/v2/credentials/";

    private readonly string _path;
    private readonly string? _query;
    private readonly string? _id;

    /// <param name="source">Where the sidecar itself reads the task role.</param>
    public OwnCredentialsPath(Uri source)
    {
        (_path, _query) = (Clean(source.AbsolutePath), source.Query is { Length: > 0 } query ? query : null);
        _id = _path.StartsWith(V2, StringComparison.Ordinal) ? _path[V2.Length..]
            : _path == V1 ? Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(source.Query).GetValueOrDefault("id").ToString()
            : null;
    }

    public static string RawTarget(HttpContext http) => http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;

    public bool IsAskedBy(HttpContext http)
    {
        var path = Clean(RawTarget(http).Split('?', 2)[0]);

        return _id is null
            ? path == _path && (_query is null || http.Request.QueryString.Value == _query)
            : path == V2 + _id || (path == V1 && http.Request.Query["id"].Contains(_id));
    }

    private static string Clean(string path)
    {
        var kept = new List<string>();

        foreach (var segment in Uri.UnescapeDataString(path).Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (segment == "..")
            {
                kept.RemoveRange(Math.Max(0, kept.Count - 1), Math.Min(1, kept.Count));
            }
            else if (segment != ".")
            {
                kept.Add(segment);
            }
        }

        return "/" + string.Join('/', kept);
    }
}
