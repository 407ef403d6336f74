namespace CredentialSidecar.ContainerTests.Parts;

/// <summary>Waits for what an engine does in its own time.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <param name="otherwise">What to say if it never holds.</param>
    public static async Task HoldsAsync(Func<Task<bool>> condition, Func<Task<string>> otherwise)
    {
        using var late = new CancellationTokenSource(Limit);

        while (!await condition())
        {
            if (late.IsCancellationRequested)
            {
                Assert.Fail(await otherwise());
            }

            await Task.Delay(100);
        }
    }
}
