using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Emulator.Worlds;

namespace CredentialSidecar.Conformance.Telemetry;

/// <summary>Where nothing is exported, OpenTelemetry is not even loaded.</summary>
public sealed class NoCollectorTests
{
    [Theory]
    [InlineData(true, "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1")]
    [InlineData(false, "OTEL_SERVICE_NAME=orders")]
    [InlineData(false, "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1", "OTEL_SDK_DISABLED=true")]
    [InlineData(false, "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1", "OTEL_METRICS_EXPORTER=none", "OTEL_TRACES_EXPORTER=none")]
    [InlineData(false, "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1", "OTEL_EXPORTER_OTLP_PROTOCOL=http/json")]
    public async Task The_library_is_loaded_only_where_something_is_exported(bool loaded, params string[] variables)
    {
        await using var emulator = await EmulatorProcess.StartAsync();
        await using var sidecar = await SidecarProcess.StartManagedAsync(emulator,
            [
                ("SIDECAR_ROLE_ARN", DefaultWorld.Reports),
                ("SIDECAR_EXTERNAL_ID", DefaultWorld.ExternalId),
                .. variables.Select(v => v.Split('=')).Select(v => (v[0], (string?)v[1])),
            ]);
        await sidecar.ReadyAsync();

        var libraries = await File.ReadAllTextAsync($"/proc/{sidecar.Id}/maps", TestContext.Current.CancellationToken);
        Assert.Contains("Yarp.ReverseProxy.dll", libraries, StringComparison.Ordinal);
        Assert.Equal(loaded, libraries.Contains("OpenTelemetry", StringComparison.Ordinal));
    }
}
