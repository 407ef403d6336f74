using CredentialSidecar.Commands;
using CredentialSidecar.Telemetry;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Commands;

/// <summary>An address to listen on that the platform brings only in a moment, or never.</summary>
public sealed class ConfiguredAddressesTests : IDisposable
{
    private readonly VirtualClock _clock = new();
    private readonly CollectedLogs _logs = new();

    public void Dispose() => _logs.Dispose();

    [Fact]
    public async Task An_address_that_is_there_is_not_waited_for()
    {
        await WaitAsync("127.0.0.1", isThere: null);
        Assert.Empty(_logs.Lines);
    }

    [Fact]
    public async Task An_address_that_comes_is_waited_for()
    {
        var there = false;
        var waiting = WaitAsync("2001:db8::77", () => there);
        await _clock.UntilWaitingAsync(1);
        Assert.False(waiting.IsCompleted);
        there = true;
        _clock.Advance(TimeSpan.FromSeconds(1));
        await waiting;

        Assert.Equal(
            "This container does not have the address 2001:db8::77 of SIDECAR_HEALTH_ADDRESS yet; waiting at most 30 s.",
            Assert.Single(_logs.Lines, line => line.Event.Id == EventIds.AddressAwaited).Text);
    }

    [Fact]
    public async Task An_address_that_never_comes_is_named_with_its_setting()
    {
        // With a real socket: no host has an address from the documentation range.
        var waiting = WaitAsync("2001:db8::77", isThere: null);

        while (!waiting.IsCompleted)
        {
            await _clock.UntilWaitingAsync(1).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            _clock.Advance(TimeSpan.FromSeconds(30));
            await Task.WhenAny(waiting, Task.Delay(50, TestContext.Current.CancellationToken));
        }

        var missing = await Assert.ThrowsAsync<AddressMissingException>(() => waiting);
        Assert.Equal(
            "SIDECAR_HEALTH_ADDRESS is 2001:db8::77; this container did not get that address within 30 s. " +
            "Set SIDECAR_HEALTH_ADDRESS to an address of this container, in Kubernetes by valueFrom fieldRef status.podIP.",
            missing.Message);
    }

    private Task WaitAsync(string address, Func<bool>? isThere) => ConfiguredAddresses.WaitAsync(
        Settings.Load(("SIDECAR_HEALTH_ADDRESS", address)),
        _logs.For<ConfiguredAddressesTests>(),
        _clock,
        TestContext.Current.CancellationToken,
        isThere is null ? null : address => System.Net.IPAddress.IsLoopback(address) || isThere());
}
