namespace CredentialSidecar.Caching;

/// <summary>A node at one moment.</summary>
/// <param name="Latest">The latest session, live or not; null before the first.</param>
/// <param name="LastFailure">The last failure, if nothing has succeeded since.</param>
internal readonly record struct NodeState(Session? Latest, NodeFailure? LastFailure)
{
    /// <summary>When the next attempt should start.</summary>
    public DateTimeOffset DueAt => LastFailure?.Until ?? Latest?.RenewAt ?? DateTimeOffset.MinValue;
}
