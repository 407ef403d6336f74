namespace CredentialSidecar.Explaining;

/// <summary>The facts of one failed call, as an SDK, STS or CloudTrail reported them.</summary>
/// <param name="Code">The error code; null if the text has none.</param>
/// <param name="Message">The text of STS or of the sidecar.</param>
internal sealed record Evidence(string? Code, string Message)
{
    /// <summary>The role that was to be assumed; null if the text does not name it.</summary>
    public string? Role { get; init; }

    /// <summary>The IAM ARN of the caller; null if the text does not name it.</summary>
    public string? Caller { get; init; }

    /// <summary>The region of the endpoint.</summary>
    public string? Region { get; init; }

    /// <summary>Only CloudTrail shows what was sent; null elsewhere.</summary>
    public RequestFacts? Request { get; init; }

    /// <summary>Whether the sidecar answered, and not STS.</summary>
    public bool IsOfSidecar { get; init; }
}

/// <summary>What the call sent, from a CloudTrail event.</summary>
/// <param name="ExternalId">Null if the call had none.</param>
/// <param name="VpcEndpoint">The id of the VPC endpoint that the call came through, if any.</param>
/// <param name="Event">The event's name and time, for a person.</param>
internal sealed record RequestFacts(string? ExternalId, string? VpcEndpoint, string Event)
{
    // The default would print the external id.
    public override string ToString() => Event;
}
