namespace CredentialSidecar.Caching;

/// <summary>
/// Whether every required destination has had a session. It never becomes false again, because <c>/healthz</c> must not end a task.
/// </summary>
internal sealed class ReadyLatch
{
    private readonly TaskCompletionSource _set = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsSet => _set.Task.IsCompleted;

    /// <summary>Completes once it is set.</summary>
    public Task Set => _set.Task;

    /// <returns>Whether this call set it.</returns>
    public bool TrySet(SessionTree tree) =>
        !IsSet && tree.Destinations.All(destination => destination.Lazy || destination.Node.Latest is not null) && _set.TrySetResult();
}
