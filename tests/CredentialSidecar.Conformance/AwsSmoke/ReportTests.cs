using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.AwsSmoke;

/// <summary>The script of samples/aws-smoke where ECS and CloudWatch Logs show a task that has ended.</summary>
[UnsupportedOSPlatform("windows")]
[Collection(nameof(SmokeRun))]
public sealed class ReportTests
{
    [Fact]
    public async Task Finished_task_passes_and_the_report_has_evidence_and_no_secret()
    {
        await using var run = await SmokeRun.CreateAsync();

        var ended = await RunAsync(run, SmokeRun.Destination, "destination", failures: 1);

        Assert.True(ended.Code == 0, ended.ToString());
        Assert.Contains("Passed.", ended.Output, StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(run.Calls, " ecs run-task "));
        Assert.Empty(await run.RemainsAsync());
        Assert.StartsWith("# CredentialSidecar on Fargate: passed", run.Report, StringComparison.Ordinal);
        Assert.All(
            (string[])
            [
                "health of the sidecar while the task ran: HEALTHY", "\"platformVersion\": \"1.4.0\"", "\"startedAt\": ",
                "\"EventId\":100", "removed AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "Nothing of run ", "0.1.0",
                "arn:aws:sts::<destination-account>:assumed-role/credential-sidecar-smoke-",
            ],
            evidence => Assert.Contains(evidence, run.Report, StringComparison.Ordinal));

        // The policy that was sent to IAM holds the external id, so the run had one.
        var externalId = Regex.Match(run.Calls, "\"sts:ExternalId\":\"([0-9a-f]{32})\"").Groups[1].Value;
        Assert.NotEmpty(externalId);
        Assert.DoesNotContain(externalId, run.Report + ended.Output + ended.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(FinishedTask.Token[..20], run.Report, StringComparison.Ordinal);
        Assert.DoesNotMatch("[0-9]{12}|AKIA|testing", run.Report);
    }

    [Fact]
    public async Task Application_that_acts_as_the_task_role_fails()
    {
        await using var run = await SmokeRun.CreateAsync();

        var ended = await RunAsync(run, SmokeRun.Caller, "task");

        Assert.Equal(1, ended.Code);
        Assert.Contains($"The application acted as arn:aws:sts::{SmokeRun.Caller}:assumed-role/credential-sidecar-smoke-", ended.Errors,
            StringComparison.Ordinal);
        Assert.DoesNotMatch("[0-9]{12}", run.Report);
        Assert.Empty(await run.RemainsAsync());
    }

    private static async Task<ChildProcess.Ended> RunAsync(SmokeRun run, string account, string role, int failures = 0)
    {
        var identity = $"arn:aws:sts::{account}:assumed-role/credential-sidecar-smoke-{{run}}-{role}/session";
        await using var finished = FinishedTask.Start(identity, failures);
        await using var script = run.Start(finished.Uri, "--yes");
        return await script.EndAsync(SmokeRun.Limit);
    }
}
