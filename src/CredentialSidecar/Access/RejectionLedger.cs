using System.Net;
using CredentialSidecar.Chains;
using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Access;

/// <summary>Lets the first answer without credentials of each kind be written in full, and counts its repetitions.</summary>
/// <remarks>A flood from one address thus costs one line in five seconds for each reason, in the log as in the audit.</remarks>
internal sealed partial class RejectionLedger(AuditTrail audit, TaskIdentity task, TimeProvider clock, ILogger<RejectionLedger> logger) : IHostedService, IDisposable
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    // Each of them may become a line in each period.
    private const int MostKinds = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<Kind, Repetitions> _kinds = [];
    private ITimer? _timer;

    /// <summary>Counts an answer.</summary>
    /// <param name="peer">The peer address.</param>
    /// <param name="client">Null where no token of ours was sent.</param>
    /// <param name="reason">One of a closed set.</param>
    /// <param name="asked">What was requested, in words that are not the client's own.</param>
    /// <param name="withAudit">Whether the repetitions are only counted in the audit too.</param>
    /// <returns>Whether it is the first of its kind for a while, and so to be written in full.</returns>
    public bool Count(IPAddress? peer, string? client, string reason, string asked, bool withAudit)
    {
        var kind = new Kind(PeerAddress.Plain(peer), client, reason, asked, withAudit);

        lock (_gate)
        {
            if (!_kinds.TryGetValue(kind, out var repetitions))
            {
                var isFirst = _kinds.Count < MostKinds;

                // The rest share a line, one for those who are known and one for those who are not.
                kind = isFirst ? kind : new Kind(null, client is null ? null : "(several)", "(several)", "(several)", withAudit);
                repetitions = _kinds.TryGetValue(kind, out var shared) ? shared : _kinds[kind] = new Repetitions();
                _timer ??= clock.CreateTimer(_ => Tell(), null, Period, Period);

                if (isFirst)
                {
                    return true;
                }
            }

            repetitions.Since++;
            return false;
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>What has only been counted until now is still written.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        Tell();
        return Task.CompletedTask;
    }

    public void Dispose() => _timer?.Dispose();

    private void Tell()
    {
        List<(Kind Kind, int Count)> told;

        lock (_gate)
        {
            told = [.. _kinds.Where(kind => kind.Value.Since > 0).Select(kind => (kind.Key, kind.Value.Since))];

            foreach (var (kind, repetitions) in _kinds.ToArray())
            {
                // What has not come for a whole period is news again.
                if (repetitions.Since == 0)
                {
                    _kinds.Remove(kind);
                }

                repetitions.Since = 0;
            }

            if (_kinds.Count == 0)
            {
                _timer?.Dispose();
                _timer = null;
            }
        }

        told.ForEach(Tell);
    }

    private void Tell((Kind Kind, int Count) told)
    {
        var (kind, count) = told;
        Log.Repeated(logger, count, kind.Client ?? "an unknown client", kind.Peer, kind.Asked, kind.Reason, Period.TotalSeconds);

        if (kind.WithAudit && audit.IsOn)
        {
            audit.Write(AuditLine.Of(clock.GetUtcNow(), 0, kind.Reason, kind.Client, kind.Peer, task.TaskArn) with { Count = count });
        }
    }

    private sealed record Kind(IPAddress? Peer, string? Client, string Reason, string Asked, bool WithAudit);

    private sealed class Repetitions
    {
        public int Since { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.Repeated, LogLevel.Warning, "Rejected more requests of {Client} at {Peer} for {Asked} with {Reason}: {Count} in {Seconds} s. Event 400 shows the first.")]
        public static partial void Repeated(ILogger logger, int count, string client, IPAddress? peer, string asked, string reason, double seconds);
    }
}
