namespace CredentialSidecar.Emulator.Faults;

/// <summary>Something that goes wrong on purpose.</summary>
/// <param name="Times">How many requests it affects; null means until it is cleared.</param>
/// <param name="RoleArn">STS only: hits only requests for this role.</param>
/// <param name="DelayMilliseconds">The delay before any kind of fault.</param>
/// <param name="Status">For <see cref="FaultKind.Status"/> and <see cref="FaultKind.Html"/>.</param>
/// <param name="Message">For <see cref="FaultKind.Deny"/>: what STS says instead of the usual text.</param>
internal sealed record Fault(
    FaultTarget Target,
    FaultKind Kind,
    int? Times = null,
    string? RoleArn = null,
    int DelayMilliseconds = 0,
    int? Status = null,
    string? Message = null)
{
    /// <summary>What is wrong with this fault itself, or null.</summary>
    public string? Mistake =>
        Times is < 1 ? "times must be at least 1"
        : DelayMilliseconds < 0 ? "delayMilliseconds must not be negative"
        : Status is < 200 or > 599 ? "status must lie between 200 and 599"
        : Kind == FaultKind.Pending && Target == FaultTarget.Sts ? "Pending is a fault of the agent only"
        : Kind == FaultKind.Deny && Target == FaultTarget.Agent ? "Deny is a fault of STS only"
        : Message is not null && Kind != FaultKind.Deny ? "message is for Deny only"
        : RoleArn is not null && Target == FaultTarget.Agent ? "roleArn is for faults of STS only"
        : null;
}
