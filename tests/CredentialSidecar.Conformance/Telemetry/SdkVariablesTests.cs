using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing.Otlp;

namespace CredentialSidecar.Conformance.Telemetry;

/// <summary>The variables that are the SDK's own to read reach it, although it never sees the environment.</summary>
public sealed class SdkVariablesTests
{
    [Theory]
    [InlineData("http/protobuf", "Content-Encoding: gzip")]
    [InlineData("grpc", "grpc-encoding: gzip")]
    public async Task The_sampler_the_temporality_and_the_compression_are_as_the_variables_say(string protocol, string header)
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var emulator = await EmulatorProcess.StartAsync();
        await using var sidecar = await SidecarProcess.StartAsync(emulator,
            ("SIDECAR_ROLE_ARN", DefaultWorld.Reports), ("SIDECAR_EXTERNAL_ID", DefaultWorld.ExternalId),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", (protocol == "grpc" ? collector.Grpc : collector.Http).AbsoluteUri),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
            ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"), ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "delta"),
            ("OTEL_TRACES_SAMPLER", "always_off"), ("OTEL_METRIC_EXPORT_INTERVAL", "50"), ("OTEL_BSP_SCHEDULE_DELAY", "50"));
        await sidecar.ReadyAsync();

        // It has been asked once. Each answer is counted in one point; a cumulative counter would tell of the first ones again.
        for (var asked = 1; asked <= 3; asked++)
        {
            await Eventually.HoldsAsync(() => Counted() >= asked, () => string.Join('\n', collector.Points));
            Assert.Equal(asked, Counted());
            Assert.Equal(200, (await sidecar.GetAsync("default")).Status);
        }

        // The first renewal was long ago.
        Assert.Empty(collector.Spans);
        Assert.All(collector.Requests, request => Assert.Contains(header, request.Headers, StringComparison.OrdinalIgnoreCase));

        double Counted() => collector.Points.Where(point => point.Metric == "credential_sidecar.requests").Sum(point => point.Value);
    }
}
