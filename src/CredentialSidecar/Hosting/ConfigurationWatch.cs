using System.Security.Cryptography;
using System.Text;
using CredentialSidecar.Configuration.Reading;

namespace CredentialSidecar.Hosting;

/// <summary>Reloads when the configuration file changes.</summary>
/// <remarks>
/// Reads the file once a second: a mounted ConfigMap changes by a symbolic link above the file, which file watchers do not report.
/// </remarks>
internal sealed class ConfigurationWatch(ConfigurationOrigin origin, ConfigurationReload reload, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private string? _seen;
    private string? _loaded;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (origin.Path is { } path)
            {
                await Task.Delay(Pause, clock, stoppingToken);
                await LookAsync(path, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The sidecar stops.
        }
    }

    // Load on the first read too, since the file may have changed after the start read it.
    private async Task LookAsync(string path, CancellationToken cancellationToken)
    {
        var now = StateOf(path);

        // An editor may be writing the file, so it counts once two reads agree.
        if (now == _seen && now != _loaded)
        {
            _loaded = now;
            await reload.RunAsync(cancellationToken);
        }

        _seen = now;
    }

    private static string StateOf(string path)
    {
        var content = SmallFile.Read(path, ConfigurationLayers.LargestFile);
        return Convert.ToHexString(SHA256.HashData(content.Bytes ?? Encoding.UTF8.GetBytes($"{content.Problem}")));
    }
}
