using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Features;

namespace CredentialSidecar.Endpoint;

/// <summary>Which of the agent's paths may be passed on, by the very bytes that were sent.</summary>
/// <remarks>
/// A list of what is allowed, of plain segments: nothing that is encoded, dotted, doubled or backslashed is passed on, so
/// there is no spelling of another path that the agent could understand and this would not.
/// </remarks>
internal static partial class MetadataPath
{
    private const string Segment = "[A-Za-z0-9_-]+";

    public static bool IsMetadata(HttpContext http) => Metadata().IsMatch(PathOf(http));

    public static bool IsTaskProtection(HttpContext http) => Protection().IsMatch(PathOf(http));

    public static bool IsTaskRole(HttpContext http) => TaskRole().IsMatch(PathOf(http));

    private static string PathOf(HttpContext http) => http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?', 2)[0];

    [GeneratedRegex($@"^/(v2/(metadata|stats)|v3/{Segment}|v4/{Segment})(/{Segment})*/?\z")]
    private static partial Regex Metadata();

    [GeneratedRegex($@"^/api/{Segment}/task-protection/v1/state\z")]
    private static partial Regex Protection();

    [GeneratedRegex($@"^/v2/credentials/{Segment}\z")]
    private static partial Regex TaskRole();
}
