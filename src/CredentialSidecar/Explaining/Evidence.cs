namespace CredentialSidecar.Explaining;

/// <summary>What kind of error a text shows.</summary>
internal enum EvidenceKind
{
    /// <summary>STS or the sidecar says that a role may not be assumed.</summary>
    HopDenial,

    /// <summary>STS rejected a call for another reason than a policy.</summary>
    StsError,

    /// <summary>The sidecar did not reach STS.</summary>
    Unreachable,

    /// <summary>The sidecar answered the program with an error of its own.</summary>
    SidecarAnswer,

    /// <summary>Another service, or another action of STS, denied the program's own call.</summary>
    OtherDenial,

    /// <summary>Another error of another service.</summary>
    OtherService,

    /// <summary>The SDK did not send a call.</summary>
    Sdk,
}

/// <summary>The facts of one failed call, as an SDK, STS, the sidecar or CloudTrail reported them.</summary>
/// <param name="Code">The error code; null if the text has none.</param>
/// <param name="Message">The part of the text that is about this call.</param>
internal sealed record Evidence(EvidenceKind Kind, string? Code, string Message)
{
    /// <summary>The operation or service that failed, such as <c>GetObject</c>; null if the text does not name it.</summary>
    public string? Operation { get; init; }

    /// <summary>The role that was to be assumed; null if the text does not name it.</summary>
    public string? Role { get; init; }

    /// <summary>The IAM ARN of the caller; null if the text does not name it.</summary>
    public string? Caller { get; init; }

    /// <summary>Whether <see cref="Caller"/> has the role's IAM path. The ARN of a session does not contain it.</summary>
    public bool HasCallersPath { get; init; }

    /// <summary>The region of the endpoint; null if the text does not name it.</summary>
    public string? Region { get; init; }

    /// <summary>Only CloudTrail shows what was sent; null elsewhere.</summary>
    public RequestFacts? Request { get; init; }
}

/// <summary>What the call sent, from a CloudTrail event.</summary>
/// <param name="IsKnown">Whether the event has the parameters of the call. CloudTrail often leaves them out.</param>
/// <param name="ExternalId">Null if the call had none.</param>
/// <param name="VpcEndpoint">The id of the VPC endpoint that the call came through, if any.</param>
/// <param name="Event">The event's name and time, for a person.</param>
internal sealed record RequestFacts(bool IsKnown, string? ExternalId, string? VpcEndpoint, string Event)
{
    // The default would print the external id.
    public override string ToString() => Event;
}
