using System.Diagnostics;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Emulator.Worlds;

namespace CredentialSidecar.Conformance.Running;

/// <summary>How the program ends.</summary>
public sealed class SignalTests : IAsyncLifetime
{
    private const int SIGINT = 2;
    private const int SIGTERM = 15;

    private EmulatorProcess? _emulator;

    public async ValueTask InitializeAsync() => _emulator = await EmulatorProcess.StartAsync();

    public ValueTask DisposeAsync() => _emulator!.DisposeAsync();

    [Fact]
    public async Task R21_SIGTERM_goes_on_serving_for_the_drain_and_then_ends_with_0()
    {
        await using var sidecar = await StartAsync(drain: "2s");
        var since = Stopwatch.StartNew();
        sidecar.Signal(SIGTERM);

        var served = 0;
        for (; since.Elapsed < TimeSpan.FromSeconds(1.5); served++)
        {
            Assert.Equal(200, (await sidecar.GetAsync("default")).Status);
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        Assert.True(served > 3, $"asked {served} times");
        Assert.Equal(0, await sidecar.ExitAsync());
        Assert.InRange(since.Elapsed, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task R21_A_second_SIGTERM_ends_it_at_once_with_143()
    {
        await using var sidecar = await StartAsync(drain: "60s");
        sidecar.Signal(SIGTERM);
        await Eventually.HoldsAsync(
            () => Task.FromResult(sidecar.Output.Any(line => line.Contains("\"EventId\":102,", StringComparison.Ordinal))),
            () => "the first one was not seen");

        var since = Stopwatch.StartNew();
        sidecar.Signal(SIGTERM);

        Assert.Equal(143, await sidecar.ExitAsync());
        Assert.InRange(since.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task SIGINT_ends_it_without_a_drain()
    {
        await using var sidecar = await StartAsync(drain: "60s");
        var since = Stopwatch.StartNew();
        sidecar.Signal(SIGINT);

        Assert.Equal(0, await sidecar.ExitAsync());
        Assert.InRange(since.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    private async Task<SidecarProcess> StartAsync(string drain)
    {
        var sidecar = await SidecarProcess.StartAsync(_emulator!,
            ("SIDECAR_ROLE_ARN", DefaultWorld.Reports), ("SIDECAR_EXTERNAL_ID", DefaultWorld.ExternalId), ("SIDECAR_DRAIN", drain));
        await sidecar.ReadyAsync();
        return sidecar;
    }
}
