namespace CredentialSidecar.Chains;

/// <summary>The one exception, beside cancellation, that leaves <c>Sources/</c>.</summary>
/// <param name="message">For the developer of a sibling: what happened and to which hop. Never holds a secret.</param>
internal sealed class CredentialException(CredentialFailure failure, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public CredentialFailure Failure => failure;

    /// <summary>For the operator: what to check, and the statement to add. Null if the message is sufficient.</summary>
    public string? Advice { get; init; }

    /// <summary>For the operator only: text from STS, a program or a certificate; shortened, escaped and masked.</summary>
    public string? Said { get; init; }

    /// <summary>The message and <see cref="Said"/>: for the log, <c>/status</c> and doctor, never for a sibling.</summary>
    public string ForOperator => Said is null ? Message : $"{Message} {Said}";

    /// <summary>The outage that affects every hop in the region; null if only this hop failed.</summary>
    public Outage? Outage { get; init; }

    /// <summary>The source says that it is still starting, which is not an error.</summary>
    public bool IsStarting { get; init; }

    /// <summary>Whether a retry within a second is likely to succeed.</summary>
    public bool MayPassAtOnce { get; init; }

    /// <summary>When the next attempt is useful, regardless of earlier failures; null leaves that to the schedule.</summary>
    public TimeSpan? RetryIn { get; init; }

    /// <summary>STS's id of the failed request, which matches a CloudTrail event.</summary>
    public string? RequestId { get; init; }
}

/// <summary>STS cannot be reached or asks for fewer calls: one cause for all hops that ask it.</summary>
/// <param name="Why">In a few words.</param>
internal sealed record Outage(string Region, string Why);
