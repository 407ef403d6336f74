using System.Globalization;
using CredentialSidecar.Launcher.Arguments;
using CredentialSidecar.Launcher.Waiting;

namespace CredentialSidecar.Launcher.Metadata;

/// <summary>What the ECS agent tells about the task: its region and how it is networked.</summary>
internal sealed class TaskMetadata(byte[] host, int port, string path)
{
    /// <summary>Set by ECS in every container.</summary>
    public const string Variable = "ECS_CONTAINER_METADATA_URI_V4";

    public byte[] Host => host;

    public int Port => port;

    public string Request => HttpRequest.Make(
        "GET", string.Join('.', host) + (port == 80 ? "" : ":" + port.ToString(CultureInfo.InvariantCulture)), path);

    /// <returns>Null where the address is missing or invalid, or its host is not a literal IPv4 address.</returns>
    public static TaskMetadata? At(string? uri)
    {
        if (uri?.StartsWith("http://", StringComparison.Ordinal) != true || uri.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return null;
        }

        var slash = uri.IndexOf('/', 7) is >= 0 and var found ? found : uri.Length;
        var authority = uri[7..slash].Split(':');
        var parts = authority[0].Split('.');
        var (host, port) = (new byte[4], 80);

        if (parts.Length != 4 || authority.Length > 2 || (authority.Length == 2 && !Numbers.TryPort(authority[1], out port)))
        {
            return null;
        }

        for (var i = 0; i < 4; i++)
        {
            if (!byte.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out host[i]))
            {
                return null;
            }
        }

        return new TaskMetadata(host, port, uri[slash..].TrimEnd('/') + "/task");
    }

    /// <summary>The region in the task's ARN.</summary>
    public static string? RegionIn(HttpAnswer answer) => answer.Status == 200
        && JsonText.Member(answer.Body, "TaskARN")?.Split(':') is ["arn", _, "ecs", var region, _, ..]
        && Region.IsOne(region) ? region : null;

    /// <summary>awsvpc, bridge, host or none.</summary>
    public static string? NetworkModeIn(HttpAnswer answer) => answer.Status == 200 ? JsonText.Member(answer.Body, "NetworkMode") : null;
}
