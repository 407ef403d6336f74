using System.Diagnostics;
using CredentialSidecar.Conformance.Parts;

namespace CredentialSidecar.Conformance.Interception;

/// <summary>What a listed uid sends to the agent and no redirect caught does not arrive there.</summary>
public sealed class UnredirectedTests : IAsyncLifetime
{
    private readonly InterceptedTask _task = new();

    public async ValueTask InitializeAsync() => await _task.StartAsync();

    public ValueTask DisposeAsync() => _task.DisposeAsync();

    [Theory]
    [InlineData("nft", false)]
    [InlineData("nft", true)]
    [InlineData("iptables", false)]
    [InlineData("iptables", true)]
    public async Task A_connection_from_before_up_ends_at_once_and_reads_no_task_role(string tool, bool isTracked)
    {
        await Installed.CommandAsync("python3 is not installed", "python3", "--version");
        await _task.InterceptAsync("down");

        // Another nat rule makes conntrack know the connection already, and then no nat rule looks at it any more.
        if (isTracked)
        {
            await _task.Network.DoAsync(
                "nft",
                "add table ip other; add chain ip other c { type nat hook output priority 0; }; " +
                "add rule ip other c tcp dport 7 redirect to :8");
        }

        await using var intercepted = _task.Start(1000, "python3", Programs.PathOf("Interception/old_connection.py"), _task.RelativeUri);
        await using var stranger = _task.Start(2000, "python3", Programs.PathOf("Interception/old_connection.py"), _task.RelativeUri);
        await Task.WhenAll(intercepted.LineAsync(line => line == "connected"), stranger.LineAsync(line => line == "connected"));
        Assert.Equal(0, (await _task.InterceptAsync("up", tool)).Code);

        intercepted.Signal(10);
        stranger.Signal(10);

        Assert.Equal("got ConnectionResetError", await intercepted.LineAsync(line => line.StartsWith("got", StringComparison.Ordinal)));
        var got = await stranger.LineAsync(line => line.StartsWith("got", StringComparison.Ordinal));
        Assert.Contains("role/orders-task", got, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nft")]
    [InlineData("iptables")]
    public async Task Without_its_redirect_a_uid_is_refused_at_once_and_others_are_not(string tool)
    {
        await _task.InterceptAsync("down");
        Assert.Equal(0, (await _task.InterceptAsync("up", tool)).Code);
        await _task.Network.DoAsync(tool == "nft"
            ? ["nft", "flush", "chain", "ip", "credential_sidecar", "redirects"]
            : ["iptables", "-t", "nat", "-F", "CREDENTIAL_SIDECAR"]);

        var started = Stopwatch.StartNew();
        var refused = await _task.RunAsync(1000, "curl", "-s", "-m", "30", $"http://169.254.170.2{_task.RelativeUri}");

        Assert.Equal((7, ""), (refused.Code, refused.Output));
        Assert.InRange(started.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.Contains("role/orders-task", await _task.CurlAsync(2000, _task.RelativeUri), StringComparison.Ordinal);
        Assert.Contains("role/orders-task", await _task.CurlAsync(9170, _task.RelativeUri), StringComparison.Ordinal);
    }
}
