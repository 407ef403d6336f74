using CredentialSidecar.Caching;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Refreshing;

/// <summary>
/// Renews at once for an operator. Renews every hop of a chain, since any of them may have revoked sessions or a changed
/// policy. If that fails, the current session stays.
/// </summary>
internal sealed class RenewalOnDemand(CurrentTree tree, ISigner source, Renewer renewer, TimeProvider clock)
{
    /// <param name="destination">Null renews every destination, except lazy ones that no client has requested.</param>
    /// <returns>The result for each destination; null if there is none with that name.</returns>
    public async Task<IReadOnlyList<Renewal>?> RunAsync(string? destination, CancellationToken cancellationToken)
    {
        var current = tree();
        Destination[] targets = destination is null
            ? [.. current.Destinations.Where(d => !d.Lazy || d.WasAsked).OrderBy(d => d.Name, StringComparer.Ordinal)]
            : current.Find(destination) is { } only ? [only] : [];

        if (targets.Length == 0 && destination is not null)
        {
            return null;
        }

        // Read before any renewal, so that a shared node is renewed once.
        var seen = targets.SelectMany(target => Above(target.Node).Append(target.Node))
            .Distinct()
            .ToDictionary(node => node, node => node.State);

        // Otherwise the source would give what it read within the last minute.
        foreach (var node in seen.Keys.Where(node => node is { IsSource: true, Latest: not null }))
        {
            source.Distrust(node.Latest!.Credentials, clock.GetUtcNow());
        }

        foreach (var level in targets.SelectMany(target => Above(target.Node))
            .Distinct()
            .GroupBy(node => Above(node).Count())
            .OrderBy(level => level.Key))
        {
            await Task.WhenAll(level.Select(node => renewer.RenewHopAsync(node, seen[node], cancellationToken)));
        }

        return await Task.WhenAll(targets.Select(async target =>
            new Renewal(target, await renewer.RenewAsync(target, seen[target.Node], cancellationToken))));
    }

    /// <summary>The hops before a node, in order.</summary>
    private static IEnumerable<SessionNode> Above(SessionNode node) => node.Parent is { } parent ? Above(parent).Append(parent) : [];
}

/// <summary>The result of renewing one destination.</summary>
/// <param name="Failure">Null after a success.</param>
internal sealed record Renewal(Destination Destination, CredentialException? Failure);
