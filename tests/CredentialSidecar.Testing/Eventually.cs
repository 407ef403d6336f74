namespace CredentialSidecar.Testing;

/// <summary>Waits for what another process or thread does in its own time.</summary>
internal static class Eventually
{
    // Far longer than it takes, since a build machine may be busy.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <exception cref="TimeoutException">It never held.</exception>
    public static Task HoldsAsync(Func<bool> condition, Func<string> otherwise) =>
        HoldsAsync(() => Task.FromResult(condition()), otherwise);

    /// <exception cref="TimeoutException">It never held.</exception>
    public static Task HoldsAsync(Func<Task<bool>> condition, Func<string> otherwise) =>
        HoldsAsync(condition, () => Task.FromResult(otherwise()));

    /// <param name="otherwise">What to say if it never holds.</param>
    /// <exception cref="TimeoutException">It never held.</exception>
    public static async Task HoldsAsync(Func<Task<bool>> condition, Func<Task<string>> otherwise)
    {
        using var late = new CancellationTokenSource(Limit);

        while (!await condition())
        {
            if (late.IsCancellationRequested)
            {
                throw new TimeoutException(await otherwise());
            }

            await Task.Delay(20);
        }
    }
}
