using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using CredentialSidecar.Access;

namespace CredentialSidecar.Passthrough;

/// <summary>Bounds how many requests of one client are being passed on at once.</summary>
internal sealed class UnderWay
{
    private const int Most = 32;

    // The keys come from the configuration, so there are few.
    private readonly ConcurrentDictionary<string, StrongBox<int>> _counts = new(StringComparer.Ordinal);

    /// <param name="client">Whose request it is; all strangers are one.</param>
    /// <exception cref="RejectedException">The peer exceeded its rate.</exception>
    public void Begin(string client)
    {
        if (Interlocked.Increment(ref _counts.GetOrAdd(client, _ => new StrongBox<int>()).Value) > Most)
        {
            End(client);
            throw new RejectedException(RejectionReason.AskedTooOften, $"{Most} requests are being passed on to the ECS agent already; try again in a second.");
        }
    }

    public void End(string client) => Interlocked.Decrement(ref _counts[client].Value);
}
