using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Interception;

/// <summary>
/// An intercepted user who makes conntrack change the source port of its connections, so that they look like those of another user.
/// Before each user had a port of its own, uid 1001 read the session of uid 1000 within hundreds of tries.
/// </summary>
public sealed class ConfusionTests : IAsyncLifetime
{
    private const int Held = 500, Tries = 500, LeastRounds = 3, MostRounds = 20, AttackersPort = 9173, PatientPort = 51999;

    private readonly InterceptedTask _task = new();

    public async ValueTask InitializeAsync() => await _task.StartAsync();

    public ValueTask DisposeAsync() => _task.DisposeAsync();

    [Theory]
    [InlineData("nft", "close")]
    [InlineData("iptables", "close")]
    [InlineData("nft", "botocore")]
    [InlineData("iptables", "botocore")]
    [InlineData("nft", "idle")]
    [InlineData("iptables", "idle")]
    public async Task A_user_never_reads_the_session_of_another_user_whose_connections_are_half_closed_or_old(
        string tool, string connections)
    {
        await Installed.CommandAsync("python3 is not installed", "python3", "--version");

        // Conntrack forgets a connection that the sidecar closed, after a minute or two; the application's end stays.
        foreach (var state in (string[])["fin_wait", "close_wait", "last_ack", "time_wait", "close"])
        {
            await _task.Network.DoAsync("sysctl", "-qw", $"net.netfilter.nf_conntrack_tcp_timeout_{state}=1");
        }

        await _task.InterceptAsync("down");
        var isBefore = connections == "idle";

        if (!isBefore)
        {
            await UpAsync(tool);
        }

        await using var patient = isBefore ? await PatientAgentAsync() : null;
        await using var victim = _task.Start(
            1000, "python3", Programs.PathOf("Interception/victim.py"), $"{Held}", _task.RelativeUri, connections);
        await victim.LineAsync(line => line == $"holds {Held}");

        if (isBefore)
        {
            await _task.Host.DoAsync("iptables", "-t", "nat", "-D", "PREROUTING", "1");
            await UpAsync(tool);
        }

        if (connections == "botocore")
        {
            await _task.RestartAsync();
        }

        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);

        // Conntrack picks ports at random: as many rounds as it takes to meet one of the victim's, else the attack was none.
        for (var round = 1; round <= LeastRounds || (round <= MostRounds && !IsConfused()); round++)
        {
            await AttackAsync();
        }

        Assert.True(IsConfused(), $"After {MostRounds * Tries} tries no port was one of the victim's.");
    }

    [Theory]
    [InlineData("nft", "1001=reader 1000=reports", "reports", "reader")]
    [InlineData("iptables", "1001=reader 1000=reports", "reports", "reader")]
    [InlineData("nft", "1001=reader", "orders-task", "reader")]
    [InlineData("iptables", "1001=reader", "orders-task", "reader")]
    [InlineData("nft", "1001=reports 1000=reader", "reports", "reader")]
    [InlineData("nft", "1000=reader:9173 1001=reports:9172", "NotIntercepted", "NotIntercepted")]
    [InlineData("iptables", "1000=reader:9173 1001=reports:9172", "NotIntercepted", "NotIntercepted")]
    [InlineData("nft", "2000=reports:9172 1001=reader", "orders-task", "reader")]
    public async Task Rules_of_another_list_than_the_sidecars_never_lead_to_a_wrong_destination(
        string tool, string uids, string for1000, string for1001)
    {
        await _task.InterceptAsync("down");
        var up = await _task.UpAsync(tool, uids.Split(' '));
        Assert.True(up.Code == 0, up.ToString());

        Assert.Contains(for1000, await _task.CurlAsync(1000, _task.RelativeUri), StringComparison.Ordinal);
        Assert.Contains(for1001, await _task.CurlAsync(1001, _task.RelativeUri), StringComparison.Ordinal);
        var for2000 = uids.Contains("2000", StringComparison.Ordinal) ? "NotIntercepted" : "orders-task";
        Assert.Contains(for2000, await _task.CurlAsync(2000, _task.RelativeUri), StringComparison.Ordinal);
    }

    /// <summary>Accepts the connections in place of the agent.</summary>
    /// <remarks>The agent closes a silent connection after 5 s, and the filter would then reset the victim's end.</remarks>
    private async Task<ChildProcess> PatientAgentAsync()
    {
        var server = $"import signal, socket; listener = socket.create_server(('127.0.0.1', {PatientPort}), backlog=1024); " +
            "print('listens', flush=True); signal.pause()";
        var patient = _task.Host.Start(["python3", "-c", server]);
        await patient.LineAsync(line => line == "listens");
        await _task.Host.DoAsync(
            "iptables", "-t", "nat", "-I", "PREROUTING", "-p", "tcp", "-d", "169.254.170.2", "--dport", "80",
            "-j", "DNAT", "--to-destination", $"127.0.0.1:{PatientPort}");
        return patient;
    }

    private async Task AttackAsync()
    {
        var attack = await _task.RunAsync(
            1001, "python3", Programs.PathOf("Interception/attacker.py"),
            $"{Tries}", $"{AttackersPort}", _task.RelativeUri, "team/audit/reader", "reports");
        Assert.True(attack.Code == 0, attack.ToString());
        TestContext.Current.TestOutputHelper!.WriteLine(attack.Output);
        var seen = JsonNode.Parse(attack.Output)!;
        Assert.Null(seen["foreign"]);
        Assert.Null(seen["agent"]);
        Assert.Equal(Tries, (seen["rejected"]?.GetValue<int>() ?? 0) + (seen["own"]?.GetValue<int>() ?? 0));
    }

    private bool IsConfused() => _task.Sidecar.Output.Any(line => line.Contains("\"EventId\":403,", StringComparison.Ordinal));

    private async Task UpAsync(string tool)
    {
        var up = await _task.InterceptAsync("up", tool);
        Assert.True(up.Code == 0, up.ToString());
    }
}
