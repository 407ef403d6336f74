using CredentialSidecar.Caching;
using CredentialSidecar.Chains;
using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Refreshing;

/// <summary>Logs each failure once: if several destinations share a failed hop or source, one line names them all.</summary>
internal sealed partial class FailureLog(CurrentTree tree, TimeProvider clock, ILogger logger)
{
    // The ECS agent has the task role within seconds; after this many tries the failure is logged like others.
    private const int StartingTries = 5;

    // The origin of failures of the source.
    private static readonly object Source = new();

    private static readonly TimeSpan AdviceHolds = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<object, Trouble> _troubles = [];

    /// <summary>Records a failed attempt. Logs nothing if the last line already named this destination.</summary>
    public void Report(Destination destination, CredentialException e)
    {
        lock (_gate)
        {
            // A reload has removed this destination, so no client waits for it.
            if (!tree().Destinations.Any(other => other.Node == destination.Node))
            {
                return;
            }

            var origin = OriginOf(destination.Node, e);
            var now = clock.GetUtcNow();
            var known = _troubles.GetValueOrDefault(origin);

            // The text of an outage names only one hop.
            var text = e.Outage is null ? e.ForOperator : e.Outage.Why;

            if (known is not null && known.Text == text && known.Unheard.Remove((destination.Name, IsLive(destination, now))))
            {
                return;
            }

            var held = tree().Destinations
                .Where(other => other.Node == destination.Node || (IsHeld(other, origin) && (!other.Lazy || other.WasAsked)))
                .OrderBy(other => other.Name, StringComparer.Ordinal).ToArray();
            var trouble =
                new Trouble(text, [
                    .. held.Where(other => other.Node != destination.Node).Select(other => (other.Name, IsLive(other, now)))])
            {
                Advice = known?.Advice,
                AdvisedAt = known?.AdvisedAt ?? DateTimeOffset.MinValue,
            };

            // Repeating the same advice every minute is noise. After a day an operator may not find the first line.
            var isNews = e.Advice is not null && (trouble.Advice != e.Advice || now - trouble.AdvisedAt >= AdviceHolds);
            (trouble.Advice, trouble.AdvisedAt) = isNews ? (e.Advice, now) : (trouble.Advice, trouble.AdvisedAt);
            _troubles[origin] = trouble;
            Write(destination, origin, e, held, isNews ? $" {e.Advice}" : "", now);
        }
    }

    /// <summary>Records that a destination has a new session, which ends its failures.</summary>
    public void Recovered(Destination destination)
    {
        lock (_gate)
        {
            foreach (var over in _troubles.Keys.Where(origin => IsHeld(destination, origin)).ToArray())
            {
                _troubles.Remove(over);
            }
        }
    }

    /// <summary>Forgets the failures of nodes that are only in a former tree.</summary>
    public void Forget(SessionTree former)
    {
        lock (_gate)
        {
            foreach (var gone in former.Nodes.Except(tree().Nodes))
            {
                _troubles.Remove(gone);
            }
        }
    }

    private void Write(Destination destination, object origin, CredentialException e, Destination[] held, string advice, DateTimeOffset now)
    {
        var failure = (origin as SessionNode ?? destination.Node).LastFailure ?? destination.Node.LastFailure;
        var (retryIn, attempt) = failure is null
            ? (0, 1)
            : (Math.Max(0, Math.Round((failure.Until - now).TotalSeconds, 1)), failure.Failures);
        var when = retryIn > 0 ? $"in {retryIn} s" : "now";
        var dead = held.Where(other => !IsLive(other, now)).ToArray();
        var named = dead.Length > 0
            ? dead
            : [.. held.Where(other =>
                other.Node == destination.Node || other.Node.State.DueAt <= now || other.Node.LastFailure is not null)];
        var others = held.Except(named).ToArray();
        var depend = others.Length == 1
            ? "also depends on it and still has a live session"
            : "also depend on it and still have live sessions";
        var hint = (others.Length == 0 ? "" : $" {Names(others)} {depend}.")
            + (e.RequestId is null ? "" : $" STS request id {e.RequestId}.") + advice;
        var fault = e.Failure == CredentialFailure.Internal ? e : null;

        if (e.IsStarting && attempt <= StartingTries)
        {
            Log.SourceStarting(logger, Names(held), e.ForOperator, when, retryIn);
        }
        else if (dead.Length > 0)
        {
            Log.NoSession(logger, Names(dead), dead.Length == 1 ? "has" : "have", e.Failure, attempt, e.ForOperator, when, retryIn, hint,
                fault);
        }
        else
        {
            var expiration = named.Min(other => other.Node.Latest!.Credentials.Expiration);
            Log.RenewalFailed(logger, Names(named), e.Failure, attempt, e.ForOperator, when, retryIn,
                named.Length == 1 ? "session is" : "sessions are", Renewer.Iso(expiration), hint, fault);
        }
    }

    /// <summary>The first hop that failed for this reason, the source, or an outage of STS.</summary>
    private static object OriginOf(SessionNode node, CredentialException e)
    {
        if (e.Outage is { } outage)
        {
            return outage;
        }

        if (e.Failure is CredentialFailure.SourceUnavailable or CredentialFailure.SourceRefused)
        {
            return Source;
        }

        while (node.Parent is { } parent && ReferenceEquals(parent.LastFailure?.Cause, e))
        {
            node = parent;
        }

        return node;
    }

    private static bool IsHeld(Destination destination, object origin)
    {
        for (var node = destination.Node; node is not null; node = node.Parent)
        {
            if (ReferenceEquals(node, origin) || (origin is Outage outage && outage.Region == node.Region))
            {
                return true;
            }
        }

        return ReferenceEquals(origin, Source);
    }

    private static bool IsLive(Destination destination, DateTimeOffset now) => destination.Node.Latest?.IsLive(now) == true;

    private static string Names(Destination[] destinations) => PlainText.Names([.. destinations.Select(destination => destination.Name)]);

    /// <param name="Unheard">Destinations that the last line named and whose own attempts have not failed since, and whether they were live
    /// then.</param>
    private sealed record Trouble(string Text, HashSet<(string Name, bool IsLive)> Unheard)
    {
        public string? Advice { get; set; }

        public DateTimeOffset AdvisedAt { get; set; }
    }
}
