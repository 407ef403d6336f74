using System.Diagnostics;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Telemetry;
using CredentialSidecar.Testing;
using CredentialSidecar.Testing.Otlp;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Telemetry;

/// <summary>A failing or silent collector delays neither the siblings' requests nor the end of the task.</summary>
public sealed class CollectorTroubleTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(700);

    [Theory]
    [InlineData("gone", "http/protobuf", "Connection refused")]
    [InlineData("gone", "grpc", "Connection refused")]
    [InlineData("silent", "http/protobuf", "no answer within 1 s")]
    [InlineData("silent", "grpc", "no answer within 1 s")]
    [InlineData("failing", "http/protobuf", "it answered 500")]
    public async Task A_collector_in_trouble_slows_neither_requests_nor_the_end_and_is_logged_once(
        string trouble, string protocol, string reason)
    {
        var held = new TaskCompletionSource();
        await using var server = trouble == "failing"
            ? RawServer.Http(500, "no")
            : RawServer.Custom((_, _, stop) => held.Task.WaitAsync(stop));
        await using var emulator = await EmulatorProcess.StartAsync();
        await using var sidecar = await SidecarProcess.StartAsync(emulator,
            ("SIDECAR_ROLE_ARN", DefaultWorld.Reports), ("SIDECAR_EXTERNAL_ID", DefaultWorld.ExternalId),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", trouble == "gone" ? $"http://127.0.0.1:{FreePort.Find()}" : server.Uri.AbsoluteUri),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol), ("OTEL_EXPORTER_OTLP_TIMEOUT", "1000"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "100"), ("OTEL_BSP_SCHEDULE_DELAY", "100"));
        await sidecar.ReadyAsync();

        var slowest = TimeSpan.Zero;
        var asked = 0;
        await Eventually.HoldsAsync(
            async () =>
            {
                var since = Stopwatch.StartNew();
                Assert.Equal(200, (await sidecar.GetAsync("default")).Status);
                slowest = since.Elapsed > slowest ? since.Elapsed : slowest;
                return ++asked > 20 && sidecar.Output.Count(Told) == 2;
            },
            () => string.Join('\n', sidecar.Output));
        Assert.True(slowest < Longest, $"the slowest of {asked} took {slowest}");

        sidecar.Signal(2);
        var ending = Stopwatch.StartNew();
        Assert.Equal(0, await sidecar.ExitAsync());
        Assert.True(ending.Elapsed < TimeSpan.FromSeconds(10), $"it took {ending.Elapsed} to end");

        // Once for each signal, however often it was tried.
        Assert.Equal(2, sidecar.Output.Count(Told));
        held.SetResult();

        bool Told(string line) =>
            line.Contains("\"EventId\":700,", StringComparison.Ordinal) && line.Contains(reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http/protobuf")]
    [InlineData("grpc")]
    public async Task A_collector_that_would_keep_an_export_for_a_minute_holds_up_the_end_for_two_seconds(string protocol)
    {
        var came = new TaskCompletionSource();
        await using var server = RawServer.Custom((_, _, stop) =>
        {
            came.TrySetResult();
            return Task.Delay(Timeout.Infinite, stop);
        });
        await using var export = await Export.StartAsync(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", server.Uri.AbsoluteUri), ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "60000"), ("OTEL_METRIC_EXPORT_INTERVAL", "100"), ("OTEL_BSP_SCHEDULE_DELAY", "100"));
        export.Metrics.Answered(200);
        Span.Renewing("default").Dispose();
        await came.Task.WaitAsync(ChildProcess.Limit, TestContext.Current.CancellationToken);

        var ending = Stopwatch.StartNew();
        await export.StopAsync();
        await export.DisposeAsync();
        Assert.InRange(ending.Elapsed, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(6));
    }

    [Fact]
    public async Task A_collector_that_comes_back_gets_what_is_measured_then()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        collector.Refusing = 503;
        await using var emulator = await EmulatorProcess.StartAsync();
        await using var sidecar = await SidecarProcess.StartAsync(emulator,
            ("SIDECAR_ROLE_ARN", DefaultWorld.Reports), ("SIDECAR_EXTERNAL_ID", DefaultWorld.ExternalId),
            ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", collector.Grpc.AbsoluteUri), ("OTEL_METRIC_EXPORT_INTERVAL", "100"));
        await LoggedAsync(700);

        collector.Refusing = null;
        await LoggedAsync(701);
        Assert.Contains(collector.Points, point => point.Metric == "credential_sidecar.session.remaining");

        Task LoggedAsync(int id) => Eventually.HoldsAsync(
            () => sidecar.Output.Any(line => line.Contains($"\"EventId\":{id},", StringComparison.Ordinal)),
            () => string.Join('\n', sidecar.Output));
    }

    [Fact]
    public async Task What_the_SDK_cannot_use_is_a_warning_and_credentials_are_served()
    {
        await using var emulator = await EmulatorProcess.StartAsync();
        await using var sidecar = await SidecarProcess.StartAsync(emulator,
            ("SIDECAR_ROLE_ARN", DefaultWorld.Reports), ("SIDECAR_EXTERNAL_ID", DefaultWorld.ExternalId),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://127.0.0.1:1"),
            ("OTEL_EXPORTER_OTLP_CERTIFICATE", "/nonexistent/ca.pem"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "soon"));
        await sidecar.ReadyAsync();

        Assert.Contains(sidecar.Output, line =>
            line.Contains("\"EventId\":702,", StringComparison.Ordinal) && line.Contains("/nonexistent/ca.pem", StringComparison.Ordinal));
        Assert.Contains(sidecar.Output, line =>
            line.Contains("OTEL_METRIC_EXPORT_INTERVAL is ", StringComparison.Ordinal) && line.Contains("soon", StringComparison.Ordinal));
        Assert.Equal(200, (await sidecar.GetAsync("default")).Status);
    }
}
