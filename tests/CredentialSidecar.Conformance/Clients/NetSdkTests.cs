using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Clients;

/// <summary>Version 4: it treats credentials as stale 16 minutes before they end, earlier than any other.</summary>
public sealed class NetSdkTests(TaskFixture task) : IdentityTests(task)
{
    [Fact]
    public Task R1_Twenty_calls_cause_one_GET() => AssertTwentyCallsCauseOneGetAsync();

    [Fact]
    public async Task R17_A_wrong_token_shows_as_a_bare_status_so_the_log_has_to_say_more()
    {
        var ended = await AskAsync(Task.Sibling("reports", null, ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "wrong")));

        Assert.NotEqual(0, ended.Code);
        Assert.Contains("401", ended.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("is not the sidecar's", ended.Errors, StringComparison.Ordinal);
        Assert.Contains(Task.Sidecar.Output, line => line.Contains("The authorization token is wrong", StringComparison.Ordinal));
    }

    internal override Task<ChildProcess.Ended> AskAsync(IReadOnlyDictionary<string, string?> environment, int calls = 1) =>
        NetSdk.RunAsync(environment, calls);

    internal override Task SkipUnlessTokenFilesAreReadAsync() => System.Threading.Tasks.Task.CompletedTask;
}
