using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Emulator.Faults;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Running;

/// <summary>The way from the program to the agent and to STS.</summary>
public sealed class SourceTests
{
    private static readonly (string, string?)[] Reports =
        [("SIDECAR_ROLE_ARN", DefaultWorld.Reports), ("SIDECAR_EXTERNAL_ID", DefaultWorld.ExternalId)];

    [Fact]
    public async Task An_agent_that_is_not_ready_and_then_throttles_is_waited_for()
    {
        await using var emulator = await EmulatorProcess.StartAsync();
        await emulator.AddAsync(new Fault(FaultTarget.Agent, FaultKind.Pending, Times: 1));
        await emulator.AddAsync(new Fault(FaultTarget.Agent, FaultKind.Throttle, Times: 1));

        await using var sidecar = await SidecarProcess.StartAsync(emulator, Reports);
        await sidecar.ReadyAsync();

        var reads = (await emulator.CallsAsync()).Agent.Where(read => read.Path.Contains("credentials", StringComparison.Ordinal));
        Assert.Equal([503, 429, 200], reads.Select(read => read.Status).Take(3));
        Assert.Equal(200, (await sidecar.GetAsync("default")).Status);
    }

    [Fact]
    public async Task The_proxy_of_the_environment_is_never_asked_for_the_agent_or_a_plain_STS()
    {
        var dead = $"http://127.0.0.1:{FreePort.Find()}";
        await using var emulator = await EmulatorProcess.StartAsync();
        await using var sidecar = await SidecarProcess.StartAsync(emulator,
        [
            .. Reports,
            ("HTTP_PROXY", dead), ("http_proxy", dead), ("HTTPS_PROXY", dead), ("https_proxy", dead),
            ("ALL_PROXY", dead), ("all_proxy", dead),
        ]);

        await sidecar.ReadyAsync();

        var calls = await emulator.CallsAsync();
        Assert.Contains(calls.Agent, read => read.Path.EndsWith("/task", StringComparison.Ordinal));
        Assert.Contains(calls.Sts, call => call is { Action: "AssumeRole", Outcome: "Success" });
        Assert.Equal(0, (await sidecar.HealthcheckAsync()).Code);
    }
}
