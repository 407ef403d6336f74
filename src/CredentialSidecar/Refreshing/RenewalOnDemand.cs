using CredentialSidecar.Caching;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Refreshing;

/// <summary>
/// Renews at once, because an operator asks. Every hop of a chain is renewed, since any of them may be the one whose sessions were
/// revoked or whose policy was changed. Where that fails, the present session stays.
/// </summary>
internal sealed class RenewalOnDemand(CurrentTree tree, Renewer renewer)
{
    /// <param name="destination">Null renews every destination, but for lazy ones that no client has requested.</param>
    /// <returns>What became of each destination; null where there is none of that name.</returns>
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

        // Before anything is renewed, so that a node which several destinations share is renewed once.
        var seen = targets.SelectMany(target => Above(target.Node).Append(target.Node)).Distinct().ToDictionary(node => node, node => node.State);

        foreach (var level in targets.SelectMany(target => Above(target.Node)).Distinct().GroupBy(node => Above(node).Count()).OrderBy(level => level.Key))
        {
            await Task.WhenAll(level.Select(node => renewer.RenewHopAsync(node, seen[node], cancellationToken)));
        }

        return await Task.WhenAll(targets.Select(async target =>
            new Renewal(target, await renewer.RenewAsync(target, seen[target.Node], cancellationToken))));
    }

    /// <summary>The hops before a node, the first one first.</summary>
    private static IEnumerable<SessionNode> Above(SessionNode node) => node.Parent is { } parent ? Above(parent).Append(parent) : [];
}

/// <summary>One destination that was renewed.</summary>
/// <param name="Failure">Null after a success.</param>
internal sealed record Renewal(Destination Destination, CredentialException? Failure);
