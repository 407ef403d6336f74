using System.Text.RegularExpressions;

namespace CredentialSidecar.Endpoint;

/// <summary>What of the agent's a path leads to.</summary>
internal enum AgentPart
{
    /// <summary>Nothing that is passed on.</summary>
    None,
    Metadata,
    TaskProtection,
    TaskRole,
}

/// <summary>Which of the agent's paths may be passed on, by the very bytes that were sent.</summary>
/// <remarks>
/// A list of what is allowed, of plain segments: nothing that is encoded, doubled or backslashed is passed on, so there is no
/// spelling of another path that the agent could understand and this would not. Only the name of an association may have dots,
/// and a letter or digit among them, because the agent's router would take <c>..</c> for the segment before.
/// </remarks>
internal static partial class MetadataPath
{
    private const string Segment = "[A-Za-z0-9_-]+";
    private const string Name = "[.:~_-]*[A-Za-z0-9][A-Za-z0-9.:~_-]*";

    public static AgentPart Of(HttpContext http)
    {
        var target = OwnCredentialsPath.RawTarget(http).AsSpan();
        var path = target.IndexOf('?') is >= 0 and var query ? target[..query] : target;

        return Metadata().IsMatch(path) ? AgentPart.Metadata
            : Protection().IsMatch(path) ? AgentPart.TaskProtection
            : TaskRole().IsMatch(path) ? AgentPart.TaskRole
            : AgentPart.None;
    }

    /// <summary>Whether it may turn out to be one of them.</summary>
    /// <param name="target">What follows the method in a request, or the beginning of it.</param>
    public static bool MayBegin(ReadOnlySpan<byte> target) =>
        target.StartsWith("/v4/"u8) || target.StartsWith("/v3/"u8) || target.StartsWith("/v2/"u8) || target.StartsWith("/api/"u8);

    [GeneratedRegex($@"^/((v2/(metadata|metadataWithTags|stats)|v3/{Segment}|v4/{Segment})(/{Segment})*/?|v[34]/{Segment}/associations/{Segment}/{Name})\z")]
    private static partial Regex Metadata();

    [GeneratedRegex($@"^/api/{Segment}/task-protection/v1/state\z")]
    private static partial Regex Protection();

    [GeneratedRegex($@"^/v2/credentials/{Segment}\z")]
    private static partial Regex TaskRole();
}
