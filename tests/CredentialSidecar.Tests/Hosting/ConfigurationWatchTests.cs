using CredentialSidecar.Hosting;
using CredentialSidecar.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace CredentialSidecar.Tests.Hosting;

/// <summary>When a changed configuration file is loaded.</summary>
public sealed class ConfigurationWatchTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("watch-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_changed_file_is_served_after_two_reads()
    {
        using var file = new ReloadFile("reports");
        await using var sidecar = await SidecarFixture.StartReloadableAsync(file.Path);
        using var watch = await WatchAsync(sidecar);

        file.Set("audit", "audit").Save();
        await sidecar.AdvanceAsync(TimeSpan.FromSeconds(2));

        await UntilServedAsync(sidecar, "audit");
    }

    // As Kubernetes updates a mounted ConfigMap: config.json -> ..data/config.json, and ..data -> a folder.
    [Fact]
    public async Task A_link_above_the_file_that_is_swapped_is_a_change()
    {
        using var first = new ReloadFile("reports");
        using var second = new ReloadFile("reports", "audit");
        Directory.CreateDirectory(Path.Combine(_directory, "1"));
        Directory.CreateDirectory(Path.Combine(_directory, "2"));
        File.Copy(first.Path, Path.Combine(_directory, "1", "config.json"));
        File.Copy(second.Path, Path.Combine(_directory, "2", "config.json"));
        File.CreateSymbolicLink(Path.Combine(_directory, "..data"), "1");
        File.CreateSymbolicLink(Path.Combine(_directory, "config.json"), "..data/config.json");
        await using var sidecar = await SidecarFixture.StartReloadableAsync(Path.Combine(_directory, "config.json"));
        using var watch = await WatchAsync(sidecar);

        Directory.Delete(Path.Combine(_directory, "..data"));
        File.CreateSymbolicLink(Path.Combine(_directory, "..data"), "2");
        await sidecar.AdvanceAsync(TimeSpan.FromSeconds(2));

        await UntilServedAsync(sidecar, "audit");
    }

    [Fact]
    public async Task A_file_that_keeps_changing_is_not_loaded()
    {
        using var file = new ReloadFile("reports");
        await using var sidecar = await SidecarFixture.StartReloadableAsync(file.Path);
        using var watch = await WatchAsync(sidecar);

        for (var i = 0; i < 6; i++)
        {
            file.Write($$"""{ "Destinations": { "half{{i}}""");
            await sidecar.AdvanceAsync(TimeSpan.FromSeconds(1));
        }

        Assert.DoesNotContain(sidecar.Logs.Lines, line => line.Event.Id == 802);
    }

    private static async Task<ConfigurationWatch> WatchAsync(SidecarFixture sidecar)
    {
        var services = sidecar.Services;
        var watch = new ConfigurationWatch(
            services.GetRequiredService<ConfigurationOrigin>(), services.GetRequiredService<ConfigurationReload>(), sidecar.Clock);
        await watch.StartAsync(CancellationToken.None);
        await sidecar.Clock.UntilWaitingAsync(2);
        return watch;
    }

    private static Task UntilServedAsync(SidecarFixture sidecar, string destination) =>
        Eventually.HoldsAsync(() => sidecar.Tree.Find(destination) is not null, () => "The changed file was not loaded.");
}
