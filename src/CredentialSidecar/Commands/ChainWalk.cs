using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Sources;
using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Commands;

/// <summary>Assumes every hop once, as the sidecar would, for a command that runs beside it or without it.</summary>
internal sealed class ChainWalk : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public ChainWalk(SidecarSettings settings) => _services = new ServiceCollection()
        .AddLogging()
        .AddMetrics()
        .AddSingleton(TimeProvider.System)
        .AddSingleton<SidecarMetrics>()
        .AddSingleton(settings)
        .AddSources(settings)
        .AddSingleton<TaskMetadataReader>()
        .BuildServiceProvider();

    public StsClients Sts => _services.GetRequiredService<StsClients>();

    public SecretMask Mask => _services.GetRequiredService<SecretMask>();

    /// <returns><see cref="TaskIdentity.Unknown"/> where task metadata does not answer.</returns>
    public Task<TaskIdentity> ReadTaskAsync(Uri? metadata, CancellationToken cancellationToken) =>
        _services.GetRequiredService<TaskMetadataReader>().ReadAsync(metadata, cancellationToken);

    /// <exception cref="CredentialException">The source fails.</exception>
    public Task<TemporaryCredentials> ReadSourceAsync(CancellationToken cancellationToken) =>
        _services.GetRequiredService<ISigner>().ReadAsync(cancellationToken);

    /// <summary>One step for each hop of each chain; a chain ends at its first failure. Hops that are equal are assumed once.</summary>
    public async IAsyncEnumerable<ChainStep> StepsAsync(
        IEnumerable<RoleChain> chains, TemporaryCredentials source,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var assumer = _services.GetRequiredService<IRoleAssumer>();
        var known = new Dictionary<NodeIdentity, TemporaryCredentials>();

        // One STS that does not answer is waited for once.
        var outages = new Dictionary<string, CredentialException>(StringComparer.Ordinal);

        foreach (var chain in chains)
        {
            var signer = source;

            foreach (var (hop, label, identity) in chain.Nodes())
            {
                CredentialException? failure = null;

                try
                {
                    signer = hop is null ? source
                        : outages.TryGetValue(hop.Region, out var outage) ? throw Repeated(outage, hop, label)
                        : known.TryGetValue(identity, out var shared) ? shared
                        : known[identity] = await assumer.AssumeAsync(hop, label, signer, cancellationToken);
                }
                catch (CredentialException e)
                {
                    failure = e;

                    if (e.Outage is not null)
                    {
                        outages.TryAdd(hop!.Region, e);
                    }
                }

                yield return new ChainStep(chain.Destination, hop, label, signer, failure);

                if (failure is not null)
                {
                    break;
                }
            }
        }
    }

    private static CredentialException Repeated(CredentialException outage, Hop hop, NodeLabel label) =>
        new(outage.Failure, $"Cannot assume {hop.Role} ({label}): STS in {hop.Region} did not answer before: {outage.Outage!.Why}.")
        {
            Advice = outage.Advice,
        };

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}

/// <param name="Hop">Null for a destination without hops.</param>
/// <param name="Session">The session of the hop; after a failure, of the hop before.</param>
/// <param name="Failure">Null if the hop was assumed.</param>
internal sealed record ChainStep(
    string Destination, Hop? Hop, NodeLabel Label, TemporaryCredentials Session, CredentialException? Failure);
