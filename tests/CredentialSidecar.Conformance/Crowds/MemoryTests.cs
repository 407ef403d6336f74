using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Crowds;

/// <summary>The program under a memory limit, with every listener full of hostile connections.</summary>
public sealed class MemoryTests
{
    private const string Token = "kQ7vXw2mPz9LrT4nYb8JcD5hGs3FaE6u";

    [Theory]
    [InlineData(64, 300)]
    [InlineData(192, 1000)]
    public async Task A_crowd_on_every_listener_costs_less_than_the_memory_limit_and_no_service(int megabytes, int connections)
    {
        var program = NativeProgram.Path("native", "credential-sidecar");
        using var group = MemoryGroup.Make(megabytes * 1024L * 1024);
        await using var emulator = await EmulatorProcess.StartAsync();
        await using var sidecar = ChildProcess.Start("/bin/sh", ["-c", $"{group.Enter} && exec {program}"], CleanEnvironment.With(
            ("SIDECAR_PORT", $"{FreePort.Find()}"), ("SIDECAR_HEALTH_PORT", $"{FreePort.Find()}"), ("SIDECAR_TOKEN", Token),
            ("SIDECAR_ROLE_ARN", DefaultWorld.Reports), ("SIDECAR_EXTERNAL_ID", DefaultWorld.ExternalId), ("AWS_REGION", "eu-central-1"),
            ("SIDECAR_SOURCE_ENDPOINT", emulator.Agent.GetLeftPart(UriPartial.Authority)),
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", emulator.RelativeUri),
            ("AWS_ENDPOINT_URL_STS", emulator.Sts.AbsoluteUri)));
        var line = await sidecar.LineAsync(line => line.Contains("\"EventId\":100,", StringComparison.Ordinal));
        var started = JsonNode.Parse(line)!["State"]!;
        var endpoints = started["Addresses"]!.GetValue<string>().Split(", ").Select(address => new Uri(address)).ToArray();
        var health = new Uri(started["Health"]!.GetValue<string>());
        using var handler = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero };
        using var client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(10) };
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", Token);
        await Eventually.HoldsAsync(
            async () => await AskAsync(client, new Uri(health, "readyz")) == 200,
            () => string.Join('\n', sidecar.Output));
        await using var crowd = new HostileCrowd();

        foreach (var endpoint in endpoints)
        {
            crowd.Hold(new IPEndPoint(IPAddress.Parse(endpoint.Host.Trim('[', ']')), endpoint.Port), connections, sends: true);
        }

        crowd.Hold(new IPEndPoint(IPAddress.Loopback, health.Port), connections, sends: false);
        var (served, probed, most) = (0, 0, 0L);

        for (var second = 0; second < 10; second++)
        {
            for (var part = 0; part < 10; part++)
            {
                most = Math.Max(most, group.Usage);
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }

            served += await FetchAsync(new Uri(endpoints[0], "/v1/credentials/default")) ? 1 : 0;
            probed += await FetchAsync(new Uri(health, "livez")) ? 1 : 0;
        }

        TestContext.Current.SendDiagnosticMessage(
            "{0} MB: at most {1} kB, {2} connections opened, {3} served, {4} probed",
            megabytes, most / 1024, crowd.Opened, served, probed);
        Assert.False(sidecar.HasExited, string.Join('\n', sidecar.Output.TakeLast(5)));
        Assert.True(crowd.Opened > connections * 3, $"only {crowd.Opened} connections were opened");
        Assert.InRange(most, 1, megabytes * 1024L * 1024);

        // The machine is as busy as the sidecar: one that comes late proves nothing, and none would.
        Assert.InRange((served, probed), (8, 8), (10, 10));
    }

    /// <summary>By a process of its own: in this one a client would wait for the threads of the crowd.</summary>
    private static async Task<bool> FetchAsync(Uri uri)
    {
        string[] options = ["--silent", "--fail", "--max-time", "2", "--header", $"Authorization: {Token}", "--output", "/dev/null"];
        using var curl = Process.Start(new ProcessStartInfo("curl", [.. options, uri.AbsoluteUri]))!;
        await curl.WaitForExitAsync(TestContext.Current.CancellationToken);
        return curl.ExitCode == 0;
    }

    private static async Task<int> AskAsync(HttpClient client, Uri uri)
    {
        try
        {
            using var answer = await client.GetAsync(uri, TestContext.Current.CancellationToken);
            return (int)answer.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return 0;
        }
    }
}
