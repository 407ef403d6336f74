using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Sources;

namespace CredentialSidecar.Commands.Doctor;

/// <summary>Checks the source, every hop by one real call, and the clock.</summary>
internal static class ChainCheck
{
    public static async Task RunAsync(Examination examination, SidecarSettings settings, CancellationToken cancellationToken)
    {
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddMetrics()
            .AddSingleton(TimeProvider.System)
            .AddSingleton<Telemetry.SidecarMetrics>()
            .AddSingleton(settings)
            .AddSources(settings)
            .AddSingleton<TaskMetadataReader>()
            .BuildServiceProvider();

        var task = await services.GetRequiredService<TaskMetadataReader>().ReadAsync(settings.Metadata, cancellationToken);

        if (settings.Metadata is not null && task == TaskIdentity.Unknown)
        {
            examination.Warn("task metadata", $"{settings.Metadata.GetLeftPart(UriPartial.Authority)} does not answer",
                "Session names will not contain the task.");
        }

        if (settings.NeedsTaskRegion && task.Region is null)
        {
            examination.Fail("region",
                "the region is not known: it comes from task metadata only, and the sidecar serves nothing until it answers",
                "Set AWS_REGION to the region of the STS endpoint.");
            await ReadSourceAsync(examination, services, cancellationToken);
            return;
        }

        if (await ReadSourceAsync(examination, services, cancellationToken) is { } source)
        {
            await AssumeAllAsync(examination, settings.Chains(task), source, services.GetRequiredService<IRoleAssumer>(),
                cancellationToken);

            // Without a call to STS its clock is not known.
            if (settings.Destinations.Any(destination => destination.Hops.Length > 0))
            {
                ClockCheck(examination, services.GetRequiredService<StsClients>().Skew);
            }
        }
    }

    private static async Task<TemporaryCredentials?> ReadSourceAsync(Examination examination, IServiceProvider services,
        CancellationToken cancellationToken)
    {
        try
        {
            var source = await services.GetRequiredService<ISigner>().ReadAsync(cancellationToken);
            examination.Pass("source", source.Expiration == DateTimeOffset.MaxValue
                ? $"{source.AccessKeyId}, by the SDK's default chain"
                : $"{source.AccessKeyId} of {source.RoleArn ?? "a role that it does not name"}, "
                    + $"{Left(source.Expiration - source.IssuedAt)} left");
            return source;
        }
        catch (CredentialException e)
        {
            examination.Fail("source", e.ForOperator, e.Advice);
            return null;
        }
    }

    private static async Task AssumeAllAsync(
        Examination examination, IReadOnlyList<RoleChain> chains, TemporaryCredentials source, IRoleAssumer assumer,
        CancellationToken cancellationToken)
    {
        var known = new Dictionary<NodeIdentity, TemporaryCredentials>();

        foreach (var chain in chains)
        {
            var signer = source;

            foreach (var (hop, label, identity) in chain.Nodes())
            {
                var check = $"{chain.Destination}, {label}";

                if (hop is null)
                {
                    CheckServed(examination, check, source);
                    continue;
                }

                try
                {
                    signer = known.TryGetValue(identity, out var shared)
                        ? shared
                        : known[identity] = await assumer.AssumeAsync(hop, label, signer, cancellationToken);
                    examination.Pass(check, $"{signer.AccessKeyId} of {signer.RoleArn}");
                }
                catch (CredentialException e)
                {
                    examination.Fail(check, e.ForOperator, e.Advice);
                    break;
                }
            }
        }
    }

    private static void CheckServed(Examination examination, string check, TemporaryCredentials source)
    {
        if (source.Lacking is { } lacking)
        {
            examination.Fail(check, $"credentials without {lacking}, which cannot be served",
                "Give the destination a hop, or use a source with temporary credentials.");
        }
        else
        {
            examination.Pass(check, $"{source.AccessKeyId} of {source.RoleArn ?? "a role that the source does not name"}");
        }
    }

    private static string Left(TimeSpan time) => time < TimeSpan.FromMinutes(1) ? $"{time.TotalSeconds:0} s" : $"{time.TotalMinutes:0} min";

    private static void ClockCheck(Examination examination, TimeSpan skew)
    {
        if (ClockText.For(skew) is { } wrong)
        {
            examination.Warn("clock", $"{Math.Abs(skew.TotalSeconds):0} s {ClockText.Way(skew)} that of STS", wrong);
        }
        else
        {
            examination.Pass("clock", $"{Math.Abs(skew.TotalSeconds):0} s from that of STS");
        }
    }
}
