using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Clients;

public sealed class Boto3Tests(TaskFixture task) : IdentityTests(task)
{
    [Fact]
    public Task R1_Twenty_calls_cause_one_GET() => AssertTwentyCallsCauseOneGetAsync();

    internal override Task<ChildProcess.Ended> AskAsync(IReadOnlyDictionary<string, string?> environment, int calls = 1) =>
        Boto3.IdentityAsync(environment, calls);

    internal override Task SkipUnlessTokenFilesAreReadAsync() => Boto3.SkipUnlessTokenFilesAreReadAsync();
}
