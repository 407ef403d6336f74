using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.AwsSmoke;

/// <summary>The script of samples/aws-smoke against moto, which creates everything and runs no container.</summary>
[UnsupportedOSPlatform("windows")]
[Collection(nameof(SmokeRun))]
public sealed class RemovalTests
{
    [Fact]
    public async Task Task_without_an_exit_code_fails_and_nothing_remains()
    {
        await using var run = await SmokeRun.CreateAsync();

        await using var script = run.Start(null, "--yes");
        var ended = await script.EndAsync(SmokeRun.Limit);

        Assert.Equal(1, ended.Code);
        Assert.Contains("The container app has no exit code, so it did not run to its end.", ended.Errors, StringComparison.Ordinal);
        AssertCreated(run);
        Assert.Empty(await run.RemainsAsync());
        Assert.StartsWith("# CredentialSidecar on Fargate: FAILED (exit code 1): The container app has no exit code", run.Report,
            StringComparison.Ordinal);
        Assert.DoesNotMatch("[0-9]{12}", run.Report);
    }

    [Fact]
    public async Task Interrupted_run_removes_everything()
    {
        await using var run = await SmokeRun.CreateAsync();

        await using var script = await run.StartAsync("== Waiting");
        script.Signal(2);
        var ended = await script.EndAsync(SmokeRun.Limit);

        Assert.Equal(130, ended.Code);
        Assert.Contains("run-task", run.Calls, StringComparison.Ordinal);
        Assert.Contains("ecs stop-task", run.Calls, StringComparison.Ordinal);
        Assert.Contains("Nothing of run ", ended.Output, StringComparison.Ordinal);
        Assert.Empty(await run.RemainsAsync());
        Assert.Contains("interrupted by a signal", run.Report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_killed_run_left_is_removed_by_its_id_and_nothing_else_is()
    {
        await using var run = await SmokeRun.CreateAsync();
        string id;

        await using (var script = await run.StartAsync("== Waiting"))
        {
            id = Regex.Match(string.Join('\n', script.Output), "^Run ([0-9a-f]{8})", RegexOptions.Multiline).Groups[1].Value;
            script.Signal(9);
            await script.ExitAsync();
        }

        var left = await run.RemainsAsync();
        await using var stranger = run.Start(null, "--cleanup-only", "00000000");
        var other = await stranger.EndAsync(SmokeRun.Limit);
        var still = await run.RemainsAsync();
        await using var cleaner = run.Start(null, "--cleanup-only", id);
        var ended = await cleaner.EndAsync(SmokeRun.Limit);

        Assert.Equal(3, Regex.Count(left, "^role ", RegexOptions.Multiline));
        Assert.All((string[])["log group ", "task definition ", "cluster ", "task "], kind => Assert.Contains(kind, left));
        Assert.Equal((0, left), (other.Code, still));
        Assert.True(ended.Code == 0, ended.ToString());
        Assert.Empty(await run.RemainsAsync());
    }

    private static void AssertCreated(SmokeRun run) => Assert.All(
        (string[])["create-role", "create-log-group", "create-cluster", "register-task-definition", "run-task"],
        call => Assert.Contains(call, run.Calls, StringComparison.Ordinal));
}
