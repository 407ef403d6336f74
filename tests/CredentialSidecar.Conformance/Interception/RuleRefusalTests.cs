using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Interception;

/// <summary>Where <c>intercept</c> refuses to change a network namespace, with one sentence that says why.</summary>
public sealed class RuleRefusalTests : IAsyncLifetime
{
    private static readonly string[] Up = RulesTests.Up;

    private NetworkNamespace _network = null!;

    public async ValueTask InitializeAsync()
    {
        await NetworkNamespace.SkipUnlessPossibleAsync();
        _network = await NetworkNamespace.CreateAsync("refused");
    }

    public ValueTask DisposeAsync() => _network?.DisposeAsync() ?? default;

    [Theory]
    [InlineData("nft", "up")]
    [InlineData("nft", "down")]
    [InlineData("nft", "status")]
    [InlineData("iptables", "up")]
    [InlineData("iptables", "down")]
    [InlineData("iptables", "status")]
    public async Task Without_NET_ADMIN_there_is_one_clear_sentence(string tool, string command)
    {
        string[] powerless = [.. InterceptedTask.By(tool), "setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin"];
        var before = await _network.RulesAsync();

        AssertOneSentence(await SidecarAsync(powerless, command == "up" ? Up : ["intercept", command]), 69, "NET_ADMIN");
        Assert.Equal(before, await _network.RulesAsync());
    }

    [Fact]
    public async Task As_a_user_who_is_not_root_there_is_one_clear_sentence() => AssertOneSentence(
        await SidecarAsync(InterceptedTask.As(9170), Up), 69, "needs root and the capability NET_ADMIN");

    [Fact]
    public async Task Without_either_tool_there_is_one_clear_sentence() => AssertOneSentence(
        await SidecarAsync(InterceptedTask.Without("nft", "iptables"), Up), 69, "neither nft nor iptables");

    [Theory]
    [InlineData("nft")]
    [InlineData("iptables")]
    public async Task Where_the_agents_rules_are_it_is_host_networking_and_refused(string tool)
    {
        await InterceptedTask.AgentRulesAsync(_network);
        var before = await _network.RulesAsync();

        AssertOneSentence(await SidecarAsync(InterceptedTask.By(tool), Up), 78, "host networking");
        Assert.Equal(before, await _network.RulesAsync());
    }

    [Theory]
    [InlineData("--uid=1000=reports")]
    [InlineData("--guard")]
    [InlineData("--block-imds")]
    public async Task The_network_of_the_machine_itself_is_refused(string asked)
    {
        Assert.SkipUnless(File.Exists("/proc/sys/net/core/netdev_max_backlog"), "these tests run in a container's network");

        // Without the capability, so that it could change nothing even if it tried.
        string[] powerless = ["--bounding-set=-net_admin", "--inh-caps=-net_admin"];
        var ended = await ChildProcess.RunAsync(
            "setpriv", [.. powerless, Programs.Sidecar, "intercept", "up", asked], CleanEnvironment.With());

        AssertOneSentence(ended, 78, "this is the machine's own network namespace");
    }

    [Theory]
    [InlineData("--guard")]
    [InlineData("--block-imds")]
    public async Task A_guard_and_a_block_are_refused_on_a_host_too(string flag)
    {
        await InterceptedTask.AgentRulesAsync(_network);
        var before = await _network.RulesAsync();

        AssertOneSentence(await SidecarAsync([], "intercept", "up", flag), 78, "host networking");
        Assert.Equal(before, await _network.RulesAsync());
    }

    [Fact]
    public async Task Where_only_the_legacy_tool_sees_the_agents_rules_they_are_found_too()
    {
        await Installed.CommandAsync("iptables-legacy is not installed", "iptables-legacy", "--version");
        await _network.DoAsync(
            "iptables-legacy", "-t", "nat", "-A", "OUTPUT", "-d", "169.254.170.2", "-p", "tcp", "-m", "tcp", "--dport", "80",
            "-j", "REDIRECT", "--to-ports", "51679");

        AssertOneSentence(await SidecarAsync([], Up), 78, "host networking");
    }

    [Fact]
    public async Task Where_the_agent_listens_it_is_host_networking_and_refused()
    {
        await using var agent = _network.Start([Programs.Emulator, "--agent-port", "51679"]);
        await agent.LineAsync(line => line.StartsWith('{'));

        AssertOneSentence(await SidecarAsync([], Up), 78, "the ECS agent listens on port 51679");
    }

    [Fact]
    public async Task Root_is_intercepted_only_where_it_is_said_that_ECS_Exec_stops_working()
    {
        var refused = await SidecarAsync([], "intercept", "up", "--uid", "0=reports");
        Assert.Equal(78, refused.Code);
        Assert.Contains("ECS Exec would stop working", refused.Errors, StringComparison.Ordinal);

        Assert.Equal(0, (await SidecarAsync([], "intercept", "up", "--uid", "0=reports", "--include-root")).Code);
    }

    [Fact]
    public async Task A_sidecar_that_runs_under_an_intercepted_uid_does_not_start()
    {
        var ended = await _network.RunAsync([.. InterceptedTask.As(1000), Programs.Sidecar],
            ("SIDECAR_CONFIG", InterceptedTask.Up1000And1001),
            ("SIDECAR_TOKEN", InterceptedTask.Token),
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/x"),
            ("AWS_REGION", "eu-central-1"));

        Assert.Equal(78, ended.Code);
        Assert.Contains(
            "Interception:Uids:1000 in SIDECAR_CONFIG is the uid of the sidecar itself", ended.Errors, StringComparison.Ordinal);
    }

    private static void AssertOneSentence(ChildProcess.Ended ended, int code, string part)
    {
        Assert.True(code == ended.Code, ended.ToString());
        Assert.StartsWith("credential-sidecar: ", ended.Errors, StringComparison.Ordinal);
        Assert.Contains(part, ended.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', ended.Errors);
    }

    private Task<ChildProcess.Ended> SidecarAsync(string[] before, params string[] arguments) =>
        _network.RunAsync([.. before, Programs.Sidecar, .. arguments]);
}
