using System.Diagnostics;
using System.Diagnostics.Metrics;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Telemetry;

/// <summary>All instruments of the sidecar. Other files call its methods and never set tags.</summary>
/// <remarks>
/// Tag values come from the configuration or from an enum, so the number of series is bounded. Every tag is always set.
/// Units by https://opentelemetry.io/docs/specs/semconv/general/metrics/.
/// </remarks>
internal sealed class SidecarMetrics : IDisposable
{
    public const string MeterName = "CredentialSidecar";

    private const string Ok = "ok";

    private readonly Meter _meter;
    private readonly Histogram<double> _renewals;
    private readonly Histogram<double> _stsCalls;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _auditDropped;
    private readonly Counter<long> _reloads;

    public SidecarMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);

        _renewals = Duration("credential_sidecar.renewal.duration", "Time taken to renew a destination's session, all hops together.");
        _stsCalls = Duration("credential_sidecar.sts.call.duration", "Time taken by one sts:AssumeRole, its quick retries included.");
        _requests =
            _meter.CreateCounter<long>("credential_sidecar.requests", "{request}", "Answers on the credentials listener, by status.");
        _refusals = _meter.CreateCounter<long>("credential_sidecar.refusals", "{request}", "Answers that held no credentials, by reason.");
        _auditDropped = _meter.CreateCounter<long>("credential_sidecar.audit.dropped", "{line}", "Audit lines that could not be written.");
        _reloads =
            _meter.CreateCounter<long>("credential_sidecar.reloads", "{reload}", "Times the configuration was loaded again, by outcome.");
    }

    /// <summary>
    /// The metrics to alert on: the remaining lifetime of each destination's session (0 without one), and the failures since the last
    /// success.
    /// </summary>
    public void ObserveSessions(Func<IEnumerable<(string Destination, TimeSpan Remaining, int Failures)>> sessions)
    {
        _meter.CreateObservableGauge(
            "credential_sidecar.session.remaining",
            () =>
                sessions().Select(s => new Measurement<double>(s.Remaining.TotalSeconds, new TagList { { "destination", s.Destination } })),
            "s",
            "Lifetime that the destination's session still has.");
        _meter.CreateObservableGauge(
            "credential_sidecar.renewal.failures",
            () => sessions().Select(s => new Measurement<int>(s.Failures, new TagList { { "destination", s.Destination } })),
            "{failure}",
            "Renewals that failed in a row; zero after one that succeeded.");
    }

    public void Renewed(string destination, TimeSpan elapsed) =>
        _renewals.Record(elapsed.TotalSeconds, new TagList { { "destination", destination }, { "outcome", Ok } });

    public void RenewalFailed(string destination, CredentialFailure failure, TimeSpan elapsed) =>
        _renewals.Record(elapsed.TotalSeconds, new TagList { { "destination", destination }, { "outcome", failure.ToString() } });

    /// <param name="node">The position of the hop, see <see cref="NodeLabel"/>.</param>
    public void StsAnswered(NodeLabel node, TimeSpan elapsed) => StsCalled(node, Ok, elapsed);

    public void StsFailed(NodeLabel node, CredentialFailure failure, TimeSpan elapsed) => StsCalled(node, failure.ToString(), elapsed);

    public void Answered(int status) => _requests.Add(1, new TagList { { "http.response.status_code", status } });

    /// <param name="reason">One of a closed set.</param>
    public void Refused(string reason) => _refusals.Add(1, new TagList { { "reason", reason } });

    /// <param name="where"><c>queue</c> or <c>file</c>.</param>
    public void AuditDropped(string where) => _auditDropped.Add(1, new TagList { { "where", where } });

    /// <param name="outcome"><c>applied</c>, <c>unchanged</c> or <c>rejected</c>.</param>
    public void Reloaded(string outcome) => _reloads.Add(1, new TagList { { "outcome", outcome } });

    public void Dispose() => _meter.Dispose();

    private void StsCalled(NodeLabel node, string outcome, TimeSpan elapsed) =>
        _stsCalls.Record(elapsed.TotalSeconds,
            new TagList { { "destination", node.Destination }, { "hop", node.Hop }, { "outcome", outcome } });

    private Histogram<double> Duration(string name, string description) => _meter.CreateHistogram(
        name, "s", description, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
}
