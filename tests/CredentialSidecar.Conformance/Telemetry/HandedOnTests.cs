using System.Diagnostics.Metrics;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Telemetry;
using CredentialSidecar.Testing;
using CredentialSidecar.Testing.Otlp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace CredentialSidecar.Conformance.Telemetry;

/// <summary>The variables that are the SDK's own to read reach it, although it never sees the environment.</summary>
public sealed class HandedOnTests
{
    [Theory]
    [InlineData("http/protobuf", "Content-Encoding: gzip")]
    [InlineData("grpc", "grpc-encoding: gzip")]
    public async Task The_sampler_the_temporality_and_the_compression_are_as_the_variables_say(string protocol, string header)
    {
        await using var collector = await OtlpReceiver.StartAsync();
        var variables = Settings.Load(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", (protocol == "grpc" ? collector.Grpc : collector.Http).AbsoluteUri), ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
            ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"), ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "delta"),
            ("OTEL_TRACES_SAMPLER", "always_off"), ("OTEL_METRIC_EXPORT_INTERVAL", "50"), ("OTEL_BSP_SCHEDULE_DELAY", "50")).Export!;
        using var meters = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var metrics = new SidecarMetrics(meters.GetRequiredService<IMeterFactory>());
        var export = new TelemetryExport(variables, TimeProvider.System, NullLogger<TelemetryExport>.Instance);
        await export.StartAsync(TestContext.Current.CancellationToken);
        Span.Renewing("default").Dispose();

        // Each is a point of its own and counts one; a cumulative counter would go on to two.
        for (var sent = 1; sent <= 2; sent++)
        {
            metrics.Answered(200);
            await Eventually.HoldsAsync(() => Task.FromResult(Counted().Length == sent), () => string.Join('\n', collector.Points));
        }

        await export.StopAsync(CancellationToken.None);

        Assert.Equal([1, 1], Counted());
        Assert.Empty(collector.Spans);
        Assert.All(collector.Requests, request => Assert.Contains(header, request.Headers, StringComparison.OrdinalIgnoreCase));

        double[] Counted() => [.. collector.Points.Where(point => point.Metric == "credential_sidecar.requests").Select(point => point.Value)];
    }
}
