using System.Diagnostics.Metrics;
using CredentialSidecar.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CredentialSidecar.Conformance.Telemetry;

/// <summary>The export and what it measures, without a sidecar around them.</summary>
internal sealed class Export : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private Export(ServiceProvider services) =>
        (_services, Metrics) = (services, new SidecarMetrics(services.GetRequiredService<IMeterFactory>()));

    public SidecarMetrics Metrics { get; }

    /// <param name="variables">Of OpenTelemetry.</param>
    public static async Task<Export> StartAsync(params IEnumerable<(string, string?)> variables)
    {
        var export = new Export(new ServiceCollection()
            .AddExport(Settings.Load([.. variables]).Export)
            .AddSingleton(TimeProvider.System)
            .AddLogging()
            .AddMetrics()
            .BuildServiceProvider());
        await export._services.GetRequiredService<IHostedService>().StartAsync(TestContext.Current.CancellationToken);
        return export;
    }

    public Task StopAsync() => _services.GetRequiredService<IHostedService>().StopAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        Metrics.Dispose();
        await _services.DisposeAsync();
    }
}
