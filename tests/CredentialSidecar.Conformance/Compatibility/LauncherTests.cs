using CredentialSidecar.Conformance.Parts;

namespace CredentialSidecar.Conformance.Compatibility;

/// <summary>RELATIVE_URI is set as ECS sets it, and the launcher starts the client.</summary>
public sealed class LaunchedTests(TaskFixture task) : RingTests(task)
{
    private static readonly string[] Places =
    [
        Path.Combine(CompatibilityTable.Root, "artifacts", "launcher", "credential-launch"),
        .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, "credential-launch")),
    ];

    [Theory, MemberData(nameof(EveryClient))]
    public async Task The_launcher_takes_RELATIVE_URI_away_and_gives_the_rest(string id)
    {
        var launcher = Places.FirstOrDefault(File.Exists);
        Assert.SkipWhen(launcher is null, "There is no credential-launch: src/CredentialSidecar.Launcher/publish.sh");
        var client = Catalogue.Find(id);
        var sibling = Task.Sibling("reports", null,
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", null),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN", null),
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", Task.Emulator.RelativeUri));

        var run = await RunAsync(client, 1, sibling, Task.Emulator.Sts,
            launcher!, "--destination", "reports", "--endpoint", Task.Sidecar.Endpoint.GetLeftPart(UriPartial.Authority),
            "--token-file", Task.TokenFile, "--allow", "AWS_SHARED_CREDENTIALS_FILE", "--");

        Assert.True(await AllAreAsync("reports", run, 1), Describe(run));
        await Results.SawAsync(client, Column.Launcher, Works);
    }
}
