using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Clients;

public sealed class AwsCliTests(TaskFixture task) : IdentityTests(task)
{
    internal override Task<ChildProcess.Ended> AskAsync(IReadOnlyDictionary<string, string?> environment, int calls = 1) =>
        AwsCli.IdentityAsync(environment);

    internal override Task SkipUnlessTokenFilesAreReadAsync() => AwsCli.SkipUnlessTokenFilesAreReadAsync();
}
