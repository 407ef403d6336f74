using CredentialSidecar.Conformance.Interception;

namespace CredentialSidecar.Conformance.EcsHost;

/// <summary>The commands in docs/ecs.md lead tasks to the agent, and each is needed for the reason that the page gives.</summary>
public sealed class AgentRulesTests : IAsyncLifetime
{
    private HostNode _node = null!;

    public async ValueTask InitializeAsync() => _node = await HostNode.CreateAsync();

    public ValueTask DisposeAsync() => _node?.DisposeAsync() ?? default;

    [Fact]
    public async Task Every_task_reaches_the_agent_after_the_commands_and_none_before()
    {
        Assert.False(await _node.ReachesAgentAsync(_node.Host));
        Assert.False(await _node.ReachesAgentAsync(_node.Task));

        await _node.RunCommandsAsync();

        Assert.Equal(3, HostNode.Commands.Count);
        Assert.True(await _node.ReachesAgentAsync(_node.Host));
        Assert.True(await _node.ReachesAgentAsync(_node.Task));
    }

    [Theory]
    [InlineData("route_localnet", true, false)]
    [InlineData("PREROUTING", true, false)]
    [InlineData("OUTPUT", false, true)]
    public async Task Each_command_serves_the_tasks_that_the_page_names(string without, bool isHostServed, bool isTaskServed)
    {
        await _node.RunCommandsAsync();
        var command = HostNode.Commands.Single(words => words.Any(word => word.Contains(without, StringComparison.Ordinal)));

        await _node.Host.DoAsync([.. command.Select(word => word == "-A" ? "-D" : word.Replace("route_localnet=1", "route_localnet=0"))]);

        Assert.Equal(isHostServed, await _node.ReachesAgentAsync(_node.Host));
        Assert.Equal(isTaskServed, await _node.ReachesAgentAsync(_node.Task));
    }

    [Fact]
    public async Task Neighbour_reaches_127_0_0_1_of_the_instance_until_the_rule_of_ecs_init_drops_its_packets()
    {
        await _node.RunCommandsAsync();
        await SendLoopbackToHostAsync(_node.Task);
        var isReached = await _node.ReachesAgentAsync(_node.Task, "127.0.0.1:51679");

        await _node.Host.DoAsync(HostNode.Drop);

        Assert.True(isReached);
        Assert.False(await _node.ReachesAgentAsync(_node.Task, "127.0.0.1:51679"));
        Assert.True(await _node.ReachesAgentAsync(_node.Task));
        Assert.True(await _node.ReachesAgentAsync(_node.Host));
        Assert.True(await _node.ReachesAgentAsync(_node.Host, "127.0.0.1:51679"));
    }

    // A neighbour with root can send packets for any address to the instance.
    private static async Task SendLoopbackToHostAsync(NetworkNamespace neighbour)
    {
        await neighbour.DoAsync("ip", "addr", "del", "127.0.0.1/8", "dev", "lo");
        await neighbour.DoAsync("sysctl", "-qw", "net.ipv4.conf.all.route_localnet=1");
        await neighbour.DoAsync("ip", "route", "add", "127.0.0.1/32", "via", "169.254.172.1", "src", "169.254.172.2");
    }
}
