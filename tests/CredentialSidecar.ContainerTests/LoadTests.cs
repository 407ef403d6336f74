using System.Globalization;
using System.Text.RegularExpressions;

namespace CredentialSidecar.ContainerTests;

/// <summary>The limit of memory that docs/image.md recommends, under more requests than any task makes.</summary>
public sealed partial class LoadTests : IAsyncLifetime
{
    private EmulatedTask _task = null!;

    public async ValueTask InitializeAsync() => _task = await EmulatedTask.StartAsync();

    public ValueTask DisposeAsync() => _task?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task Sixty_four_megabytes_are_enough_under_load()
    {
        string[] limits = ["--memory", "64m", "--memory-swap", "64m"];
        await _task.StartSidecarAsync([.. limits, .. EmulatedTask.Variables("SIDECAR_Access__RequestsPerSecond=100000")]);

        var load = (await _task.AppAsync([], "sh", "-c",
            "wrk -t 2 -c 64 -d 5s -H \"Authorization: $(cat /credential-sidecar/token)\" " +
            "http://127.0.0.1:9170/v1/credentials/default")).Succeeded();

        var state = (await Engine.InspectAsync(_task.Sidecar))["State"]!;
        Assert.True((bool)state["Running"]! && !(bool)state["OOMKilled"]!, state.ToJsonString());
        Assert.Equal(0, (int)(await Engine.InspectAsync(_task.Sidecar))["RestartCount"]!);
        Assert.DoesNotContain("Non-2xx", load, StringComparison.Ordinal);
        Assert.True(double.Parse(Served().Match(load).Groups[1].Value, CultureInfo.InvariantCulture) > 1000, load);
        Assert.Contains(EmulatedTask.Destination, (await _task.LaunchedAsync(EmulatedTask.Identity)).Succeeded(), StringComparison.Ordinal);
    }

    [GeneratedRegex(@"(\d+) requests in")]
    private static partial Regex Served();
}
