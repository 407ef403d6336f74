namespace CredentialSidecar.ContainerTests;

/// <summary>Ends of every kind, and what siblings see of them.</summary>
public sealed class StoppingTests : IAsyncLifetime
{
    // The status of each answer, 000 for none. As an SDK does: with the token that it read once.
    private const string Ask = """
        token=$(cat /credential-sidecar/token)
        while :; do
          curl -s -o /dev/null -m 2 -w '%{http_code}\n' -H "Authorization: $token" http://127.0.0.1:9170/v1/credentials/default
          sleep 0.1
        done
        """;

    private EmulatedTask _task = null!;

    public async ValueTask InitializeAsync() => _task = await EmulatedTask.StartAsync();

    public ValueTask DisposeAsync() => _task?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task Told_to_stop_together_siblings_are_still_served_until_the_drain_ends()
    {
        await _task.StartSidecarAsync(EmulatedTask.Variables("SIDECAR_DRAIN=3s"));
        var asking = await StartAskingAsync();
        var before = (await AnswersAsync(asking)).Length;

        var stopped = Engine.DoAsync("stop", "-t", "20", _task.Sidecar);
        await Engine.DoAsync("exec", asking, "sleep", "1.5");
        var during = await AnswersAsync(asking);
        await stopped;

        Assert.True(during.Length > before + 3, "nothing was asked meanwhile");
        Assert.All(during, answer => Assert.Equal("200", answer));
        var state = (await Engine.InspectAsync(_task.Sidecar))["State"]!;
        Assert.Equal(0, (int)state["ExitCode"]!);
        await Eventually.HoldsAsync(async () => (await AnswersAsync(asking))[^1] == "000", () => Engine.LogsAsync(asking));
    }

    [Fact]
    public async Task Killed_alone_the_server_is_started_again_by_its_supervisor_and_serves_those_who_hold_the_token()
    {
        await _task.StartSidecarAsync();
        var token = await TokenAsync();
        var asking = await StartAskingAsync();
        var server = await ServerAsync();

        // By its pid of this machine, since the image has no program that could do it.
        (await Command.RunAsync("kill", ["-KILL", server])).Succeeded();
        await Eventually.HoldsAsync(
            async () => await ServerAsync() is var next && next.Length > 0 && next != server,
            () => Engine.LogsAsync(_task.Sidecar));
        var before = (await AnswersAsync(asking)).Length;
        await Eventually.HoldsAsync(
            async () => (await AnswersAsync(asking)) is var answers && answers.Length > before + 3 && answers[^1] == "200",
            () => Engine.LogsAsync(asking));

        Assert.Equal(token, await TokenAsync());
        Assert.Contains(
            "the program ended by SIGKILL; restart 1 now, its ports stay taken.",
            await Engine.LogsAsync(_task.Sidecar),
            StringComparison.Ordinal);

        // Torn off, or not ready yet; never unauthorized, and never an answer of another kind.
        Assert.Empty((await AnswersAsync(asking)).Except(["200", "000", "503"]));
        Assert.True((bool)(await Engine.InspectAsync(_task.Sidecar))["State"]!["Running"]!);
    }

    [Fact]
    public async Task Killed_as_a_whole_and_started_again_it_makes_a_new_token_and_rejects_the_old_one()
    {
        await _task.StartSidecarAsync();
        var token = await TokenAsync();
        var asking = await StartAskingAsync();

        await Engine.DoAsync("kill", "-s", "KILL", _task.Sidecar);
        await Eventually.HoldsAsync(async () => (await AnswersAsync(asking))[^1] == "000", () => Engine.LogsAsync(asking));
        await Engine.DoAsync("start", _task.Sidecar);
        await Engine.HealthyAsync(_task.Sidecar);
        await Eventually.HoldsAsync(async () => (await AnswersAsync(asking))[^1] == "401", () => Engine.LogsAsync(asking));

        Assert.NotEqual(token, await TokenAsync());
        Assert.Contains("\"EventId\":609,", await Engine.LogsAsync(_task.Sidecar), StringComparison.Ordinal);

        // Those that start now, or read the file again, go on.
        Assert.Contains(EmulatedTask.Destination, (await _task.LaunchedAsync(EmulatedTask.Identity)).Succeeded(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_signal_ends_the_drain_at_once()
    {
        await _task.StartSidecarAsync(EmulatedTask.Variables("SIDECAR_DRAIN=60s"));

        await Engine.DoAsync("kill", "-s", "TERM", _task.Sidecar);
        await Eventually.HoldsAsync(
            async () => (await Engine.LogsAsync(_task.Sidecar)).Contains("SIGTERM received", StringComparison.Ordinal),
            () => Engine.LogsAsync(_task.Sidecar));
        await Engine.DoAsync("kill", "-s", "TERM", _task.Sidecar);

        Assert.Equal(143, await Engine.WaitAsync(_task.Sidecar));
    }

    private async Task<string> StartAskingAsync()
    {
        string[] options = [.. _task.Joined, "-v", $"{_task.Volume}:/credential-sidecar:ro"];
        var asking = await _task.RunAsync("asking", options, Images.Client, "bash", "-c", Ask);
        await Eventually.HoldsAsync(async () => (await AnswersAsync(asking)).Length > 3, () => Engine.LogsAsync(asking));
        return asking;
    }

    // The one child of the container's first process.
    private async Task<string> ServerAsync()
    {
        var supervisor = (int)(await Engine.InspectAsync(_task.Sidecar))["State"]!["Pid"]!;
        return (await File.ReadAllTextAsync($"/proc/{supervisor}/task/{supervisor}/children")).Trim();
    }

    private static async Task<string[]> AnswersAsync(string asking) =>
        (await Engine.DoAsync("logs", asking)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private async Task<string> TokenAsync() => (await _task.AppAsync([], "cat", "/credential-sidecar/token")).Succeeded();
}
