using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using CredentialSidecar.Telemetry;
using CredentialSidecar.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace CredentialSidecar.Tests.Telemetry;

public sealed class SidecarMetricsTests
{
    [Fact]
    public async Task Sessions_renewals_requests_and_refusals_are_measured_with_closed_tags()
    {
        var seen = new ConcurrentQueue<(object? Scope, string Name, double Value, string Tags)>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == SidecarMetrics.MeterName)
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        void See(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            seen.Enqueue((instrument.Meter.Scope, instrument.Name, value, Text(tags)));

        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => See(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => See(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => See(instrument, value, tags));
        listener.Start();

        await using var sidecar = await SidecarFixture.StartAsync(
            sts => sts.FailWhen = call => call.Hop.Role.Name == "denied" ? ScriptedSts.Denied() : null,
            [.. Settings.Destination("bad", "arn:aws:iam::555566667777:role/denied")]);
        await sidecar.SettleAsync();
        await sidecar.AdvanceAsync(TimeSpan.FromSeconds(1));
        (await sidecar.Client.GetAsync("/v1/credentials/reports", TestContext.Current.CancellationToken)).Dispose();
        (await sidecar.Client.GetAsync("/v1/credentials/<stranger>", TestContext.Current.CancellationToken)).Dispose();
        listener.RecordObservableInstruments();

        var scope = sidecar.Services.GetService(typeof(IMeterFactory));
        var own = seen.Where(measured => ReferenceEquals(measured.Scope, scope)).ToArray();

        Assert.Contains(own, m => m is { Name: "credential_sidecar.session.remaining", Value: 3599, Tags: "destination=reports" });
        Assert.Contains(own, m => m is { Name: "credential_sidecar.session.remaining", Value: 0, Tags: "destination=bad" });
        Assert.Contains(own, m => m is { Name: "credential_sidecar.renewal.failures", Value: 0, Tags: "destination=reports" });
        Assert.Contains(own, m => m is { Name: "credential_sidecar.renewal.failures", Value: 1, Tags: "destination=bad" });
        Assert.Contains(own, m => m is { Name: "credential_sidecar.renewal.duration", Tags: "destination=reports outcome=ok" });
        Assert.Contains(own, m => m is { Name: "credential_sidecar.renewal.duration", Tags: "destination=bad outcome=Denied" });
        Assert.Contains(own, m => m is { Name: "credential_sidecar.requests", Value: 1, Tags: "http.response.status_code=200" });
        Assert.Contains(own, m => m is { Name: "credential_sidecar.refusals", Value: 1, Tags: "reason=UnknownDestination" });
        Assert.DoesNotContain(own, m => m.Tags.Contains("stranger", StringComparison.Ordinal));
    }

    [Fact]
    public void The_page_for_operators_lists_every_instrument_with_its_kind_unit_and_tags_and_no_other()
    {
        var page = File.ReadAllLines(Repository.File("docs", "operations.md"));
        var rows = page
            .Where(line => line.StartsWith("| `credential_sidecar.", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..3]);
        var seen = new ConcurrentBag<string>();
        using var meters = new ServiceCollection().AddMetrics().BuildServiceProvider();
        // Other tests' instruments reach this listener too, even after its end: their threads must find a factory.
        var factory = meters.GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, factory))
            {
                var kind = instrument.GetType().Name switch { "Histogram`1" => "histogram", "Counter`1" => "counter", _ => "gauge" };
                seen.Add($"`{instrument.Name}` {kind}, {instrument.Unit}");
            }
        };
        listener.Start();
        using var metrics = new SidecarMetrics(factory);
        metrics.ObserveSessions(() => []);

        Assert.Equal(seen.Order(), rows.Select(row => $"{row[0]} {row[1].Split(';')[0]}").Order());
    }

    private static string Text(ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));
}
