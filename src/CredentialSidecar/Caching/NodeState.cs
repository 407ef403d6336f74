namespace CredentialSidecar.Caching;

/// <summary>A node at one moment.</summary>
/// <param name="Latest">The latest session, live or not; null before the first.</param>
/// <param name="Refusal">The last failure, if nothing has succeeded since.</param>
internal readonly record struct NodeState(Session? Latest, Refusal? Refusal)
{
    /// <summary>When the next attempt should start.</summary>
    public DateTimeOffset DueAt => Refusal?.Until ?? Latest?.RenewAt ?? DateTimeOffset.MinValue;
}
