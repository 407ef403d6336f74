using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Sources;

namespace CredentialSidecar.Commands.Doctor;

/// <summary>Checks the source, every hop by one real call, and the clock.</summary>
internal static class ChainCheck
{
    public static async Task RunAsync(Examination examination, SidecarSettings settings, CancellationToken cancellationToken)
    {
        await using var walk = new ChainWalk(settings);
        var task = await walk.ReadTaskAsync(settings.Metadata, cancellationToken);

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
            await ReadSourceAsync(examination, walk, settings, cancellationToken);
            return;
        }

        if (await ReadSourceAsync(examination, walk, settings, cancellationToken) is { } source)
        {
            await foreach (var step in walk.StepsAsync(settings.Chains(task), source, cancellationToken))
            {
                Check(examination, step);
            }

            // Without a call to STS its clock is not known.
            if (settings.Destinations.Any(destination => destination.Hops.Length > 0))
            {
                ClockCheck(examination, walk.Sts.Skew);
            }
        }
    }

    private static async Task<TemporaryCredentials?> ReadSourceAsync(Examination examination, ChainWalk walk,
        SidecarSettings settings, CancellationToken cancellationToken)
    {
        try
        {
            var source = await walk.ReadSourceAsync(cancellationToken);
            examination.Pass("source", source.Expiration == DateTimeOffset.MaxValue
                ? $"{source.AccessKeyId}, {By(settings.Source.Kind)}"
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

    private static string By(SourceKind kind) => kind == SourceKind.Process ? "by Source:Process" : "by the SDK's default chain";

    private static void Check(Examination examination, ChainStep step)
    {
        var check = $"{step.Destination}, {step.Label}";

        if (step.Failure is { } failure)
        {
            examination.Fail(check, failure.ForOperator, failure.Advice);
        }
        else if (step.Hop is null)
        {
            CheckServed(examination, check, step.Session);
        }
        else
        {
            examination.Pass(check, $"{step.Session.AccessKeyId} of {step.Session.RoleArn}");
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
