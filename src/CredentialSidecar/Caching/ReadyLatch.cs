namespace CredentialSidecar.Caching;

/// <summary>Whether every required destination has had a session. It is never taken back: <c>/healthz</c> must not end a task.</summary>
internal sealed class ReadyLatch
{
    private int _isSet;

    public bool IsSet => Volatile.Read(ref _isSet) != 0;

    /// <returns>Whether this call set it.</returns>
    public bool TrySet(SessionTree tree) =>
        tree.Destinations.All(destination => destination.Lazy || destination.Node.Latest is not null)
        && Interlocked.Exchange(ref _isSet, 1) == 0;
}
