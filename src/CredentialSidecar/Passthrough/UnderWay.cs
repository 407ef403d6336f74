using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using CredentialSidecar.Access;

namespace CredentialSidecar.Passthrough;

/// <summary>Limits how many requests of one client are forwarded at once.</summary>
internal sealed class UnderWay
{
    private const int Most = 32;

    // The keys come from the configuration, so there are few.
    private readonly ConcurrentDictionary<string, StrongBox<int>> _counts = new(StringComparer.Ordinal);

    /// <param name="client">The client of the request; all requests without one share a limit.</param>
    /// <exception cref="RejectedException">The peer exceeded its rate.</exception>
    public void Begin(string client)
    {
        if (Interlocked.Increment(ref _counts.GetOrAdd(client, _ => new StrongBox<int>()).Value) > Most)
        {
            End(client);
            throw new RejectedException(RejectionReason.AskedTooOften,
                $"The sidecar already forwards {Most} requests of this client to the ECS agent. Retry in 1 s.");
        }
    }

    public void End(string client) => Interlocked.Decrement(ref _counts[client].Value);
}
