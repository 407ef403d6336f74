using System.Text.RegularExpressions;

namespace CredentialSidecar.Endpoint;

/// <summary>The kind of agent resource that a path names.</summary>
internal enum AgentPart
{
    /// <summary>Not forwarded.</summary>
    None,
    Metadata,
    TaskProtection,
    TaskRole,
}

/// <summary>Decides which agent paths may be forwarded, by the exact bytes of the request.</summary>
/// <remarks>
/// An allow list of plain segments. Encoded characters, double slashes and backslashes are not forwarded, so the agent cannot
/// read a path differently than this class. Only the name of an association may have dots, and needs a letter or digit,
/// because the agent's router resolves <c>..</c>.
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

    /// <summary>Whether the beginning of a target may become an agent path.</summary>
    /// <param name="target">The request target, or the beginning of it.</param>
    public static bool MayBegin(ReadOnlySpan<byte> target) =>
        target.StartsWith("/v4/"u8) || target.StartsWith("/v3/"u8) || target.StartsWith("/v2/"u8) || target.StartsWith("/api/"u8);

    [GeneratedRegex($@"^/((v2/(metadata|metadataWithTags|stats)|v3/{Segment}|v4/{Segment})(/{Segment})*/?"
        + $@"|v[34]/{Segment}/associations/{Segment}/{Name})\z")]
    private static partial Regex Metadata();

    [GeneratedRegex($@"^/api/{Segment}/task-protection/v1/state\z")]
    private static partial Regex Protection();

    [GeneratedRegex($@"^/v2/credentials/{Segment}\z")]
    private static partial Regex TaskRole();
}
