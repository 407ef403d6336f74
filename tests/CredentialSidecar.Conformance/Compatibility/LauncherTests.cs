using CredentialSidecar.Conformance.Launcher;
using CredentialSidecar.Conformance.Parts;

namespace CredentialSidecar.Conformance.Compatibility;

/// <summary>RELATIVE_URI is set as ECS sets it, and the launcher starts the client.</summary>
public sealed class LaunchedTests(TaskFixture task) : RingTests(task)
{
    [Theory, MemberData(nameof(EveryClient))]
    public async Task The_launcher_takes_RELATIVE_URI_away_and_gives_the_rest(string id)
    {
        var client = Catalogue.Find(id);
        await client.VersionAsync();
        var launcher = await LauncherProgram.PathAsync();
        var sibling = Task.Sibling("reports", null,
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", null),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN", null),
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", Task.Emulator.RelativeUri));

        var run = await RunAsync(client, 1, sibling, Task.Emulator.Sts,
            launcher, "--destination", "reports", "--endpoint", Task.Sidecar.Endpoint.GetLeftPart(UriPartial.Authority),
            "--sidecar-uid", $"{Tools.Uid}", "--allow-imds", "--token-file", Task.TokenFile,
            "--allow", "AWS_SHARED_CREDENTIALS_FILE", "--");

        Assert.True(await AllAreAsync("reports", run, 1), Describe(run));
        await Results.SawAsync(client, Column.Launcher, Works);
    }
}
