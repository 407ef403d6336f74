namespace CredentialSidecar.ContainerTests;

/// <summary>An awsvpc task: an idle container that holds the network namespace, the sidecar, and applications.</summary>
public sealed class TaskTests : IAsyncLifetime
{
    private EmulatedTask _task = null!;

    public async ValueTask InitializeAsync()
    {
        _task = await EmulatedTask.StartAsync();
        await _task.StartSidecarAsync();
    }

    public ValueTask DisposeAsync() => _task?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task An_application_under_the_launcher_is_the_destination_although_the_task_has_a_role() =>
        Assert.Contains(EmulatedTask.Destination, (await _task.LaunchedAsync(EmulatedTask.Identity)).Succeeded(), StringComparison.Ordinal);

    [Fact]
    public async Task The_sidecar_is_uid_9170_without_any_capability_and_can_write_nowhere_else()
    {
        var status = await ProcessStatusAsync();

        Assert.Equal("9170 9170 9170 9170", status["Uid"]);
        Assert.Equal("9170 9170 9170 9170", status["Gid"]);
        Assert.Equal("0000000000000000", status["CapEff"]);
        Assert.Equal("0000000000000000", status["CapBnd"]);
        Assert.Equal("1", status["NoNewPrivs"]);
        Assert.Empty(await Engine.DoAsync("diff", _task.Sidecar));
    }

    [Fact]
    public async Task Siblings_find_the_token_and_the_launcher_and_cannot_change_them()
    {
        const string List = "stat -c '%n %u %a' /credential-sidecar /credential-sidecar/*; touch /credential-sidecar/x";
        var listed = (await _task.AppAsync(["--user", "1000"], "sh", "-c", List)).All;

        Assert.Contains(
            "/credential-sidecar 9170 755\n/credential-sidecar/control.sock 9170 600\n"
            + "/credential-sidecar/credential-launch 9170 555\n/credential-sidecar/token 9170 444",
            listed,
            StringComparison.Ordinal);
        Assert.Contains("Read-only file system", listed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_token_is_replaced_in_the_running_container_and_applications_go_on()
    {
        var former = (await _task.AppAsync([], "cat", "/credential-sidecar/token")).Succeeded();

        Assert.StartsWith("This client has a new token: default.",
            await Engine.DoAsync("exec", _task.Sidecar, "/usr/local/bin/credential-sidecar", "rotate-tokens"), StringComparison.Ordinal);
        await Eventually.HoldsAsync(async () => (await _task.AppAsync([], "cat", "/credential-sidecar/token")).Succeeded() != former,
            () => Engine.LogsAsync(_task.Sidecar));

        Assert.Contains(EmulatedTask.Destination, (await _task.LaunchedAsync(EmulatedTask.Identity)).Succeeded(), StringComparison.Ordinal);
    }

    // The init system's view of the sidecar, from a container that shares its process namespace.
    private async Task<Dictionary<string, string>> ProcessStatusAsync()
    {
        var status = await Engine.DoAsync("run", "--rm", "--pid", $"container:{_task.Sidecar}", Images.Client, "cat", "/proc/1/status");
        return status.Split('\n')
            .Select(line => line.Split(':', 2))
            .ToDictionary(line => line[0], line => line[1].Trim().Replace('\t', ' '));
    }
}
