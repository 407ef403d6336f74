using System.Net;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Crowds;

/// <summary>The program under limits of open files.</summary>
public sealed class DescriptorTests
{
    [Theory]
    [InlineData("256:4096", 4096)]
    [InlineData("512:512", 512)]
    public async Task The_soft_limit_is_raised_and_a_crowd_uses_up_no_descriptor_that_a_client_needs(string limit, int raised)
    {
        await using var emulator = await EmulatorProcess.StartAsync();
        await using var sidecar = await SidecarProcess.StartAsync(emulator, ["prlimit", $"--nofile={limit}"],
            ("SIDECAR_ROLE_ARN", DefaultWorld.Reports),
            ("SIDECAR_EXTERNAL_ID", DefaultWorld.ExternalId),
            ("SIDECAR_Logging__Level", "Information"));
        await sidecar.ReadyAsync();
        Assert.Matches($@"Max open files +{raised} +{limit.Split(':')[1]} ", File.ReadAllText($"/proc/{sidecar.Id}/limits"));

        await using (var crowd = new HostileCrowd())
        {
            crowd.Hold(new IPEndPoint(IPAddress.Loopback, sidecar.Endpoint.Port), 400, sends: false);
            crowd.Hold(new IPEndPoint(IPAddress.Loopback, sidecar.Health.Port), 400, sends: false);
            await Eventually.HoldsAsync(() => crowd.Opened > 1_000, () => $"{crowd.Opened} connections were opened");
            Assert.Equal(200, await sidecar.HealthAsync("livez"));
            Assert.Equal(200, (await sidecar.GetAsync("default")).Status);
        }

        Assert.DoesNotContain(sidecar.Output, line => line.Contains("\"EventId\":402,", StringComparison.Ordinal));
        Assert.Equal(raised == 512, sidecar.Output.Any(line => line.Contains("\"EventId\":108,", StringComparison.Ordinal)));
    }
}
