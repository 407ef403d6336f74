using System.Globalization;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace CredentialSidecar.Telemetry;

/// <summary>Sends metrics and spans to the collector in the OpenTelemetry variables. Exists only if they name one.</summary>
/// <remarks>
/// The SDK has a separate service container: docs/decisions/0007. It exports on background threads, from queues that drop
/// entries when full, so no request ever waits for a collector.
/// </remarks>
/// <param name="variables">The endpoint, protocol, headers, timeout and compression of each exported signal, and the variables that the SDK
/// reads itself.</param>
internal sealed partial class TelemetryExport(
    IReadOnlyDictionary<string, string> variables, TimeProvider clock, ILogger<TelemetryExport> logger) : IHostedService
{
    // Less than the five seconds of a shutdown, minus what Kestrel may use.
    private static readonly TimeSpan FlushLimit = TimeSpan.FromSeconds(2);

    private ServiceProvider? _sdk;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var services = new ServiceCollection();
        Build(services);
        var sdk = services.BuildServiceProvider();

        try
        {
            foreach (var starter in sdk.GetServices<IHostedService>())
            {
                await starter.StartAsync(cancellationToken);
            }

            _sdk = sdk;
        }

        // If the SDK rejects one of its variables, still serve credentials.
        catch (Exception e)
        {
            await sdk.DisposeAsync();
            Log.NotStarted(logger, e.Message.TrimEnd('.'));
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_sdk is { } sdk)
        {
            try
            {
                await Task.Run(() => FlushAsync(sdk), CancellationToken.None)
                    .WaitAsync(FlushLimit + TimeSpan.FromMilliseconds(500), clock, cancellationToken);
            }
            catch (Exception e) when (e is TimeoutException or OperationCanceledException)
            {
                // The collector does not answer. The background threads end with the process.
            }
        }
    }

    private static async Task FlushAsync(ServiceProvider sdk)
    {
        var limit = (int)FlushLimit.TotalMilliseconds;
        await Task.WhenAll(Task.Run(() => sdk.GetService<TracerProvider>()?.Shutdown(limit)),
            Task.Run(() => sdk.GetService<MeterProvider>()?.Shutdown(limit)));
        await sdk.DisposeAsync();
    }

    private void Build(ServiceCollection services)
    {
        // The SDK reads this instead of the process's environment.
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(variables!).Build());
        var builder = services.AddOpenTelemetry().ConfigureResource(resource => resource
            .Clear()
            .AddTelemetrySdk()
            .AddService("credential-sidecar", serviceVersion: typeof(TelemetryExport).Assembly.GetName().Version?.ToString(3))
            .AddEnvironmentVariableDetector());

        if (variables.ContainsKey(NameOf("METRICS", "ENDPOINT")))
        {
            builder.WithMetrics(metrics => metrics.AddMeter(SidecarMetrics.MeterName).AddOtlpExporter(options => Aim(options, "METRICS")));
        }

        if (variables.ContainsKey(NameOf("TRACES", "ENDPOINT")))
        {
            builder.WithTracing(traces => traces.AddSource(Span.SourceName).AddOtlpExporter(options => Aim(options, "TRACES")));
        }
    }

    private void Aim(OtlpExporterOptions options, string signal)
    {
        options.Endpoint = new Uri(Of("ENDPOINT"));
        options.Protocol = Of("PROTOCOL") == "grpc" ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        options.Headers = Of("HEADERS");
        options.TimeoutMilliseconds = int.Parse(Of("TIMEOUT"), CultureInfo.InvariantCulture);
        options.Compression = Of("COMPRESSION") == "gzip" ? OtlpExportCompression.GZip : OtlpExportCompression.None;

        // The SDK handles client certificates, and then also the connections.
        if (!variables.Keys.Any(name => name is "OTEL_EXPORTER_OTLP_CERTIFICATE" or "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE"))
        {
            options.HttpClientFactory = () => CollectorHttp.Client(
                options.Endpoint, signal.ToLowerInvariant(), TimeSpan.FromMilliseconds(options.TimeoutMilliseconds), logger);
        }

        string Of(string name) => variables[NameOf(signal, name)];
    }

    private static string NameOf(string signal, string name) => $"OTEL_EXPORTER_OTLP_{signal}_{name}";

    private static partial class Log
    {
        [LoggerMessage(EventIds.ExportNotStarted, LogLevel.Warning,
            "The telemetry export could not start: {Reason}. Nothing is exported. Credentials are not affected.")]
        public static partial void NotStarted(ILogger logger, string reason);
    }
}
