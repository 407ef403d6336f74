using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.EcsSamples;
using CredentialSidecar.Conformance.Interception;
using CredentialSidecar.Conformance.Launcher;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.EcsHost;

/// <summary>Tasks of samples/ecs/ec2-host on one instance.</summary>
public sealed class HostModeTests : IAsyncLifetime
{
    private readonly Sample _sample = Sample.Of("ec2-host/task-definition");
    private readonly List<string> _volumes = [];
    private HostNode _node = null!;

    public async ValueTask InitializeAsync()
    {
        _node = await HostNode.CreateAsync();
        await _node.RunCommandsAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await (_node?.DisposeAsync() ?? default);
        _volumes.ForEach(volume => Directory.Delete(volume, recursive: true));
    }

    [Fact]
    public async Task Application_acts_in_the_other_account()
    {
        await Installed.AwsCliAsync();
        var volume = await VolumeAsync();
        var launcher = Path.Combine(volume, "credential-launch");
        File.Copy(await LauncherProgram.PathAsync(), launcher);
        await using var sidecar = Start(volume);
        await ReadyAsync(sidecar);

        string[] command = ["aws", "--endpoint-url", _node.Sts, "sts", "get-caller-identity"];
        var caller = await _node.Host.RunAsync(
            [launcher, .. _sample["orders"].Words("entryPoint")[1..], .. command],
            [.. _node.Variables, .. Sample.Variables(_sample["orders"])]);
        var health = await _node.Host.RunAsync(
            [launcher, .. _sample.Sidecar["healthCheck"]!.Words("command")[2..]], Sample.Variables(_sample.Sidecar));

        Assert.True(caller.Code == 0, caller.ToString());
        Assert.StartsWith("arn:aws:sts::555566667777:assumed-role/reports/", JsonNode.Parse(caller.Output)!.Text("Arn"),
            StringComparison.Ordinal);
        Assert.True(health.Code == 0, health.ToString());
    }

    [Fact]
    public async Task Second_task_with_the_same_ports_ends_with_an_error()
    {
        await using var first = Start(await VolumeAsync());
        await ReadyAsync(first);

        await using var second = Start(await VolumeAsync());
        var ended = await second.EndAsync();

        Assert.NotEqual(0, ended.Code);
        Assert.Contains("9270", ended.Output + ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sidecar_of_another_task_is_reached_and_rejects_the_token()
    {
        var (one, two) = (await VolumeAsync(), await VolumeAsync());
        await using var first = Start(one);
        await using var second = Start(two, ("SIDECAR_PORT", "9370"), ("SIDECAR_HEALTH_PORT", "9371"));
        await ReadyAsync(first);
        await ReadyAsync(second);

        Assert.Equal("200", await StatusAsync("9370/v1/credentials/reports", two));
        Assert.Equal("401", await StatusAsync("9370/v1/credentials/reports", one));

        // The health port asks for no token.
        Assert.Equal("200", await StatusAsync("9371/status", null));
    }

    private static Task<string> ReadyAsync(ChildProcess sidecar) =>
        sidecar.LineAsync(line => line.Contains("\"EventId\":303,", StringComparison.Ordinal));

    private ChildProcess Start(string volume, params (string Name, string? Value)[] changes) => _node.Host.Start(
        [.. InterceptedTask.As(9170), Programs.Sidecar],
        [.. _node.Variables, .. Sample.Variables(_sample.Sidecar), ("SIDECAR_SHARED_DIR", volume), .. changes]);

    /// <summary>An empty volume of uid 9170, as the image declares it.</summary>
    private async Task<string> VolumeAsync()
    {
        var volume = Directory.CreateTempSubdirectory("ecs-host-").FullName;
        _volumes.Add(volume);
        await _node.Host.DoAsync("chown", "9170:9170", volume);
        return volume;
    }

    private Task<string> StatusAsync(string path, string? volume)
    {
        string[] token = volume is null ? [] : ["-H", $"Authorization: {File.ReadAllText(Path.Combine(volume, "token")).Trim()}"];
        return _node.Host.DoAsync(["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-m", "5", .. token, $"http://127.0.0.1:{path}"]);
    }
}
