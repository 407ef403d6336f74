using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Interception;

/// <summary>How <c>intercept</c> changes a network namespace.</summary>
public sealed class RulesTests : IAsyncLifetime
{
    internal static readonly string[] Up = ["intercept", "up", "--uid", "1000=reports", "--uid", "1001=reader"];

    private NetworkNamespace _network = null!;

    public async ValueTask InitializeAsync()
    {
        await NetworkNamespace.SkipUnlessPossibleAsync();
        _network = await NetworkNamespace.CreateAsync("rules");
    }

    public ValueTask DisposeAsync() => _network?.DisposeAsync() ?? default;

    [Fact]
    public async Task Down_leaves_a_fresh_namespace_byte_for_byte_as_it_was()
    {
        var before = await _network.RulesAsync();

        Assert.Equal(0, (await SidecarAsync([], Up)).Code);
        Assert.NotEqual(before, await _network.RulesAsync());
        Assert.Equal(0, (await SidecarAsync([], "intercept", "down")).Code);

        Assert.Equal(before, await _network.RulesAsync());
        Assert.Equal(0, (await SidecarAsync([], "intercept", "down")).Code);
        Assert.Equal(before, await _network.RulesAsync());
    }

    [Theory]
    [InlineData("nft")]
    [InlineData("iptables")]
    public async Task Down_leaves_the_rules_of_others_byte_for_byte_as_they_were(string tool)
    {
        await _network.DoAsync(
            "nft",
            "add table ip other; add chain ip other c { type nat hook output priority -50; }; add rule ip other c tcp dport 7 accept");
        await _network.DoAsync(
            "iptables", "-t", "nat", "-A", "OUTPUT", "-p", "tcp", "--dport", "9999", "-j", "REDIRECT", "--to-ports", "9998");

        // Tables that iptables makes stay, empty; so they are here before.
        await _network.DoAsync("iptables", "-A", "OUTPUT", "-p", "tcp", "--dport", "9997", "-j", "ACCEPT");
        await _network.DoAsync("ip6tables", "-A", "OUTPUT", "-p", "tcp", "--dport", "9997", "-j", "ACCEPT");
        var before = await _network.RulesAsync();

        Assert.Equal(0, (await SidecarAsync(InterceptedTask.By(tool), [.. Up, "--guard", "--block-imds"])).Code);
        Assert.NotEqual(before, await _network.RulesAsync());
        Assert.Equal(0, (await SidecarAsync(InterceptedTask.By(tool), "intercept", "down")).Code);

        Assert.Equal(before, await _network.RulesAsync());
    }

    [Theory]
    [InlineData("nft")]
    [InlineData("iptables")]
    public async Task Up_with_less_takes_away_what_is_asked_for_no_longer(string tool)
    {
        Assert.Equal(0, (await SidecarAsync(InterceptedTask.By(tool), "intercept", "up", "--guard")).Code);
        var before = (await SidecarAsync(InterceptedTask.By(tool), "intercept", "status")).Output;

        Assert.Equal(0, (await SidecarAsync(InterceptedTask.By(tool), [.. Up, "--guard", "--block-imds"])).Code);
        Assert.Equal(0, (await SidecarAsync(InterceptedTask.By(tool), "intercept", "up", "--guard")).Code);

        Assert.Equal(before, (await SidecarAsync(InterceptedTask.By(tool), "intercept", "status")).Output);
    }

    [Theory]
    [InlineData("nft")]
    [InlineData("iptables")]
    public async Task Up_a_second_time_changes_nothing_and_status_tells(string tool)
    {
        Assert.Equal(1, (await SidecarAsync(InterceptedTask.By(tool), "intercept", "status")).Code);
        Assert.Equal(0, (await SidecarAsync(InterceptedTask.By(tool), Up)).Code);
        var (rules, status) = (await _network.RulesAsync(), await SidecarAsync(InterceptedTask.By(tool), "intercept", "status"));
        Assert.Equal(0, status.Code);
        Assert.Contains("1001", status.Output, StringComparison.Ordinal);

        Assert.Equal(0, (await SidecarAsync(InterceptedTask.By(tool), Up)).Code);
        Assert.Equal(rules, await _network.RulesAsync());

        Assert.Equal(0, (await SidecarAsync(InterceptedTask.By(tool), "intercept", "up", "--uid", "1000=reports")).Code);
        var fewer = await SidecarAsync(InterceptedTask.By(tool), "intercept", "status");
        Assert.DoesNotContain("1001", fewer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Down_finds_what_the_other_tool_put_up_and_up_does_not_leave_it_standing()
    {
        Assert.Equal(0, (await SidecarAsync(InterceptedTask.By("iptables"), Up)).Code);
        Assert.Equal(0, (await SidecarAsync([], Up)).Code);
        Assert.DoesNotContain("CREDENTIAL_SIDECAR", await _network.DoAsync("iptables-save"), StringComparison.Ordinal);

        Assert.Equal(0, (await SidecarAsync([], "intercept", "down")).Code);
        Assert.Equal(0, (await SidecarAsync(InterceptedTask.By("iptables"), Up)).Code);
        Assert.Equal(0, (await SidecarAsync([], "intercept", "down")).Code);
        Assert.DoesNotContain("CREDENTIAL_SIDECAR", await _network.DoAsync("iptables-save"), StringComparison.Ordinal);
    }

    private Task<ChildProcess.Ended> SidecarAsync(string[] before, params string[] arguments) =>
        _network.RunAsync([.. before, Programs.Sidecar, .. arguments]);
}
