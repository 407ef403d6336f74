using System.Net;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Access;

/// <summary>Builds every audit line. Each line gets the present time and the ARN of this task.</summary>
internal sealed class AuditWriter(AuditTrail trail, TaskIdentity task, TimeProvider clock)
{
    /// <param name="status">The HTTP status; 0 in a line that counts several answers.</param>
    /// <param name="reason"><c>ok</c>, or why there were no credentials.</param>
    /// <param name="client">Null where the request had no valid token.</param>
    /// <param name="peer">The peer address.</param>
    /// <param name="details">What else is known.</param>
    public void Write(int status, string reason, string? client, IPAddress? peer, AuditDetails details = default)
    {
        if (trail.IsOn)
        {
            trail.Write(AuditLine.Of(clock.GetUtcNow(), status, reason, client, peer, task.TaskArn, details));
        }
    }
}

/// <summary>What an audit line may hold besides the answer, the peer and the client.</summary>
internal readonly record struct AuditDetails
{
    public string? Destination { get; init; }

    public uint? Uid { get; init; }

    /// <summary>As the request sent it. <see cref="AuditLine.Of"/> shortens and escapes it.</summary>
    public string? UserAgent { get; init; }

    /// <summary>The credentials that were served.</summary>
    public TemporaryCredentials? Served { get; init; }

    public string? SessionName { get; init; }

    public int? Count { get; init; }

    public bool IsLogged { get; init; }
}
