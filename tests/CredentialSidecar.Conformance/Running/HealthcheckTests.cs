using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Emulator.Faults;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Running;

/// <summary>The command that an orchestrator runs, against the server that runs beside it.</summary>
public sealed class HealthcheckTests
{
    private static readonly (string, string?)[] Reports =
        [("SIDECAR_ROLE_ARN", DefaultWorld.Reports), ("SIDECAR_EXTERNAL_ID", DefaultWorld.ExternalId)];

    [Fact]
    public async Task Nobody_there_is_unhealthy_and_says_where_it_looked()
    {
        var port = FreePort.Find();
        var ended = await Programs.SidecarAsync(["healthcheck"], ("SIDECAR_HEALTH_PORT", $"{port}"));

        Assert.Equal(1, ended.Code);
        Assert.Contains($"127.0.0.1:{port}", ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task R15_It_fails_until_the_first_session_and_holds_through_an_outage()
    {
        await using var emulator = await EmulatorProcess.StartAsync();
        await emulator.AddAsync(new Fault(FaultTarget.Sts, FaultKind.Status, Status: 503));
        await using var sidecar = await SidecarProcess.StartAsync(emulator, Reports);

        var before = await sidecar.HealthcheckAsync();
        Assert.Equal(1, before.Code);
        Assert.Contains("default", before.Output, StringComparison.Ordinal);

        await emulator.ClearFaultsAsync();
        await sidecar.ReadyAsync();
        Assert.Equal(0, (await sidecar.HealthcheckAsync()).Code);

        await emulator.AddAsync(new Fault(FaultTarget.Sts, FaultKind.Status, Status: 503));
        Assert.Equal((0, 0), ((await sidecar.HealthcheckAsync()).Code, (await sidecar.HealthcheckAsync("--ready")).Code));
    }

    [Fact]
    public async Task R15_It_is_a_latch_where_ready_tells_the_present_state()
    {
        await using var emulator = await EmulatorProcess.StartAsync();
        await using var sts = BriefSts.Start(TimeSpan.FromSeconds(6));
        await using var sidecar = await SidecarProcess.StartAsync(emulator, [.. Reports, ("AWS_ENDPOINT_URL_STS", sts.Address)]);
        await sidecar.ReadyAsync();

        await Eventually.HoldsAsync(async () => await sidecar.HealthAsync("readyz") == 503, () => "the session did not end");

        Assert.Equal((0, 1), ((await sidecar.HealthcheckAsync()).Code, (await sidecar.HealthcheckAsync("--ready")).Code));
        Assert.Equal(503, (await sidecar.GetAsync("default")).Status);
    }

    [Fact]
    public async Task R15_A_role_that_is_denied_from_the_start_never_becomes_healthy()
    {
        await using var emulator = await EmulatorProcess.StartAsync();
        await using var sidecar = await SidecarProcess.StartAsync(emulator, ("SIDECAR_ROLE_ARN", DefaultWorld.Denied));
        await Eventually.HoldsAsync(async () => (await sidecar.GetAsync("default")).Status == 403, () => "it was never denied");

        Assert.Equal((1, 1), ((await sidecar.HealthcheckAsync()).Code, (await sidecar.HealthcheckAsync("--ready")).Code));
    }
}
