using CredentialSidecar.Emulator.Worlds;

namespace CredentialSidecar.Emulator.Calls;

/// <summary>One request to STS and its outcome. It holds no signature, token or secret.</summary>
/// <param name="Outcome"><c>Success</c>, the error code, or <c>Abandoned</c> when the client left before the answer.</param>
/// <param name="CallerArn">Known once the signature was right; a fault may strike before that.</param>
/// <param name="Region">From the credential scope, likewise not known where a fault struck first.</param>
internal sealed record StsCall(
    DateTimeOffset At,
    string Action,
    string Outcome,
    string? CallerArn = null,
    string? Region = null,
    string? RoleArn = null,
    string? SessionName = null,
    string? ExternalId = null,
    int? DurationSeconds = null,
    string? SourceIdentity = null,
    string? Policy = null,
    IReadOnlyList<SessionTag>? Tags = null,
    string? Fault = null);
