using System.Net;
using CredentialSidecar.Chains;
using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Access;

/// <summary>Lets the first answer without credentials of each kind be logged in full, and counts the repetitions.</summary>
/// <remarks>A flood from one address thus costs one line per reason in five seconds, in the log and in the audit.</remarks>
internal sealed partial class RejectionLedger(AuditWriter audit, TimeProvider clock, ILogger<RejectionLedger> logger)
    : IHostedService, IDisposable
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    // Each kind may become a line per period. Unknown clients have a separate limit, so they cannot use up that of clients.
    private const int MostKinds = 64;

    // A client that gets a new message each time must not use up the lines of others.
    private const int MostReasons = 4;

    private const string Several = "(several)";
    private const string ManyReasons = "There are several reasons.";

    private readonly Lock _gate = new();
    private readonly Dictionary<Kind, Repetitions> _kinds = [];
    private ITimer? _timer;

    /// <summary>Counts an answer.</summary>
    /// <param name="peer">The peer address.</param>
    /// <param name="client">Null if the request had no valid token.</param>
    /// <param name="rejection">What was rejected, and why.</param>
    /// <param name="withAudit">Whether the audit also only counts repetitions.</param>
    /// <returns>Whether this is the first of its kind in this period, which is logged in full.</returns>
    public bool Count(IPAddress? peer, string? client, Rejection rejection, bool withAudit)
    {
        var kind = new Kind(PeerAddress.Plain(peer), client, rejection, withAudit);

        lock (_gate)
        {
            if (!_kinds.TryGetValue(kind, out var repetitions))
            {
                var hasRoom = _kinds.Keys.Count(other => other.Client is null == client is null) < MostKinds;
                var isFirst = hasRoom && _kinds.Keys.Count(kind.DiffersByReason) < MostReasons;
                kind = isFirst ? kind : hasRoom ? kind with { What = rejection with { Reason = ManyReasons } } : Rest(client, withAudit);
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

    /// <summary>Writes the counts that are not logged yet.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        Tell();
        return Task.CompletedTask;
    }

    public void Dispose() => _timer?.Dispose();

    /// <summary>The rest share two lines, one for known and one for unknown clients.</summary>
    private static Kind Rest(string? client, bool withAudit) =>
        new(null, client is null ? null : Several, new Rejection(Several, Several, Several, ManyReasons), withAudit);

    private void Tell()
    {
        List<(Kind Kind, int Count)> told;

        lock (_gate)
        {
            told = [.. _kinds.Where(kind => kind.Value.Since > 0).Select(kind => (kind.Key, kind.Value.Since))];

            foreach (var (kind, repetitions) in _kinds.ToArray())
            {
                // A kind that did not occur for a whole period is logged in full again.
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
        var what = kind.What;
        var (requests, client) = (count == 1 ? "request" : "requests", kind.Client ?? "an unknown client");
        Log.Repeated(logger, count, requests, client, PeerAddress.Text(kind.Peer) ?? "several addresses", what.Asked, what.Code,
            Period.TotalSeconds, what.Reason);

        if (kind.WithAudit)
        {
            audit.Write(0, what.Kind, kind.Client, kind.Peer, new AuditDetails { Count = count });
        }
    }

    private sealed record Kind(IPAddress? Peer, string? Client, Rejection What, bool WithAudit)
    {
        public bool DiffersByReason(Kind other) => Equals(other.Peer, Peer) && other.Client == Client && other.WithAudit == WithAudit
            && (other.What.Kind, other.What.Code, other.What.Asked) == (What.Kind, What.Code, What.Asked)
            && other.What.Reason != What.Reason;
    }

    private sealed class Repetitions
    {
        public int Since { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.Repeated, LogLevel.Warning,
            "Rejected {Count} more {Requests} of {Client} at {Peer} for {Asked} with {Code} in {Seconds} s: {Reason}")]
        public static partial void Repeated(
            ILogger logger, int count, string requests, string client, string peer, string asked, string code, double seconds,
            string reason);
    }
}
