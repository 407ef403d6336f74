using System.Globalization;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace CredentialSidecar.Telemetry;

/// <summary>Sends metrics and spans to the collector that the OpenTelemetry variables name. Exists only where they name one.</summary>
/// <remarks>
/// The SDK lives in a container of its own: docs/decisions/0007. What it exports it sends on threads of its own, from queues that
/// drop when they are full, so no request ever waits for a collector.
/// </remarks>
/// <param name="variables">For each signal that is exported its endpoint, protocol, headers, timeout and compression; beside them what the SDK reads itself.</param>
internal sealed partial class TelemetryExport(IReadOnlyDictionary<string, string> variables, TimeProvider clock, ILogger<TelemetryExport> logger) : IHostedService
{
    // Within the five seconds that a shutdown may take, and short of what Kestrel leaves of them.
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

        // Whatever the SDK finds wrong in a variable of its own, credentials are more important.
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
                await Task.Run(() => FlushAsync(sdk), CancellationToken.None).WaitAsync(FlushLimit + TimeSpan.FromMilliseconds(500), clock, cancellationToken);
            }
            catch (Exception e) when (e is TimeoutException or OperationCanceledException)
            {
                // The collector does not answer. Its threads are background ones and end with the process.
            }
        }
    }

    private static async Task FlushAsync(ServiceProvider sdk)
    {
        var limit = (int)FlushLimit.TotalMilliseconds;
        await Task.WhenAll(Task.Run(() => sdk.GetService<TracerProvider>()?.Shutdown(limit)), Task.Run(() => sdk.GetService<MeterProvider>()?.Shutdown(limit)));
        await sdk.DisposeAsync();
    }

    private void Build(ServiceCollection services)
    {
        // The SDK asks this instead of the process's environment.
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

        // Certificates are the SDK's business, and so are the connections then.
        if (!variables.Keys.Any(name => name is "OTEL_EXPORTER_OTLP_CERTIFICATE" or "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE"))
        {
            options.HttpClientFactory = () => CollectorHttp.Client(options.Endpoint, signal.ToLowerInvariant(), TimeSpan.FromMilliseconds(options.TimeoutMilliseconds), logger);
        }

        string Of(string name) => variables[NameOf(signal, name)];
    }

    private static string NameOf(string signal, string name) => $"OTEL_EXPORTER_OTLP_{signal}_{name}";

    private static partial class Log
    {
        [LoggerMessage(EventIds.ExportNotStarted, LogLevel.Warning, "The export of telemetry could not be started: {Reason}. Nothing is exported; credentials do not hang on it.")]
        public static partial void NotStarted(ILogger logger, string reason);
    }
}
