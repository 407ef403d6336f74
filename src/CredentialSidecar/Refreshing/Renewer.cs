using System.Globalization;
using CredentialSidecar.Caching;
using CredentialSidecar.Chains;
using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Refreshing;

/// <summary>Renews one destination within the STS call limit, and reports the result in the log, a metric and a span.</summary>
internal sealed partial class Renewer(
    CurrentTree tree, CallGate gate, ReadyLatch latch, TimeProvider clock, SidecarMetrics metrics, ILogger<Renewer> logger)
{
    private readonly FailureLog _failures = new(tree, clock, logger);

    /// <summary>Renews once.</summary>
    /// <param name="seen">The node state that the caller's decision was based on.</param>
    /// <returns>Null after a success.</returns>
    public async Task<CredentialException?> RenewAsync(Destination destination, NodeState seen, CancellationToken cancellationToken)
    {
        var (region, isThrottled) = (destination.Node.Region, false);
        await EnterAsync(region, () => destination.IsAwaited, cancellationToken);
        var started = clock.GetTimestamp();
        using var span = Span.Renewing(destination.Name);

        try
        {
            var session = await destination.Node.RenewAsync(seen, cancellationToken);
            metrics.Renewed(destination.Name, clock.GetElapsedTime(started));
            span.Succeeded();
            _failures.Recovered(destination);
            Report(destination, session, seen);
            return null;
        }
        catch (CredentialException e)
        {
            metrics.RenewalFailed(destination.Name, e.Failure, clock.GetElapsedTime(started));
            span.Failed(e);
            _failures.Report(destination, e);
            isThrottled = e.Failure == CredentialFailure.Throttled;
            return e;
        }
        finally
        {
            Leave(region, isThrottled);
        }
    }

    /// <summary>Renews a shared hop. Its failure appears as the failure of its destinations.</summary>
    public async Task RenewHopAsync(SessionNode node, NodeState seen, CancellationToken cancellationToken)
    {
        var isThrottled = false;
        await EnterAsync(node.Region, () => false, cancellationToken);

        try
        {
            await node.RenewAsync(seen, cancellationToken);
        }
        catch (CredentialException e)
        {
            isThrottled = e.Failure == CredentialFailure.Throttled;
        }
        finally
        {
            Leave(node.Region, isThrottled);
        }
    }

    /// <summary>Forgets the failures of nodes that a reload removed.</summary>
    public void Forget(SessionTree former) => _failures.Forget(former);

    internal static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    // A read of the source is not an STS call, so it takes no place of one.
    private Task EnterAsync(string? region, Func<bool> isUrgent, CancellationToken cancellationToken) =>
        region is null ? Task.CompletedTask : gate.EnterAsync(region, isUrgent, cancellationToken);

    private void Leave(string? region, bool isThrottled)
    {
        if (region is not null)
        {
            gate.Leave(region, isThrottled);
        }
    }

    private void Report(Destination destination, Session session, NodeState seen)
    {
        var credentials = session.Credentials;
        var (expiration, next) = (Iso(credentials.Expiration), Iso(session.RenewAt));

        if (!session.IsUnchanged)
        {
            Log.Renewed(logger, destination.Name, credentials.RoleArn, credentials.AccessKeyId, expiration, next);
        }

        // Once, and not at each read.
        else if (seen.Latest is { IsUnchanged: false })
        {
            Log.SourceUnchanged(logger, destination.Name, credentials.AccessKeyId, expiration, next);
        }

        var current = tree();

        if (latch.TrySet(current))
        {
            Log.Ready(logger, current.Destinations.Count(d => !d.Lazy), current.Nodes.Count(node => !node.IsSource));
        }

        if (session.Length > Session.LargestBody)
        {
            Log.BodyTooLarge(logger, destination.Name, session.Length, Session.LargestBody);
        }
    }
}
