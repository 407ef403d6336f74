using CredentialSidecar.Chains;

namespace CredentialSidecar.Caching;

/// <summary>A failure remembered until the next try.</summary>
/// <param name="Failures">How many in a row.</param>
internal sealed record NodeFailure(CredentialException Cause, DateTimeOffset At, DateTimeOffset Until, int Failures);
