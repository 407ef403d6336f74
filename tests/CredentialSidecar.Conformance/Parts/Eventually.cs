using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Parts;

/// <summary>Waits for what another process does in its own time.</summary>
internal static class Eventually
{
    /// <param name="otherwise">What to say if it never holds.</param>
    public static async Task HoldsAsync(Func<Task<bool>> condition, Func<string> otherwise)
    {
        using var limit = new CancellationTokenSource(ChildProcess.Limit);

        while (!await condition())
        {
            Assert.False(limit.IsCancellationRequested, otherwise());
            await Task.Delay(50);
        }
    }
}
