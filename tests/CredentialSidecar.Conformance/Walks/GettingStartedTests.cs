using System.Runtime.Versioning;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Walks;

/// <summary>docs/getting-started.md, followed line by line.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class GettingStartedTests : IDisposable
{
    private const string Page = "getting-started.md";

    private readonly string _directory = Directory.CreateTempSubdirectory("walk-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task The_laptop_shows_what_the_page_shows()
    {
        await Installed.AwsCliAsync();
        var blocks = WalkPage.Read(Page, "On a laptop");
        var ports = ((string[])["9170", "9180", "9181", "9182"]).ToDictionary(port => port, _ => $"{FreePort.Find()}");

        Assert.True(blocks.Count >= 9, $"{blocks.Count} blocks");
        Assert.True(blocks.Count(block => block.Shown is not null) >= 7);
        await WalkPage.FollowAsync(
            blocks,
            $"cd '{Repository.File()}'; export TMPDIR='{_directory}' SIDECAR_PORT={ports["9170"]} SIDECAR_HEALTH_PORT={FreePort.Find()}",
            text => ports.Aggregate(text, (changed, port) => changed
                .Replace($"127.0.0.1:{port.Key}", $"127.0.0.1:{port.Value}", StringComparison.Ordinal)
                .Replace($"-port {port.Key}", $"-port {port.Value}", StringComparison.Ordinal)),
            CleanEnvironment.With(("AWS_CONFIG_FILE", "/nonexistent/config"), ("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials")));
    }

    [Fact]
    public async Task The_walk_in_AWS_shows_what_the_page_shows_with_moto_as_AWS()
    {
        await Installed.AwsCliAsync();
        await using var moto = await MotoServer.StartAsync(("MOTO_IAM_LOAD_MANAGED_POLICIES", "true"));
        var (tasks, reports) = (await MotoAccount.CreateAsync(moto, "111122223333"), await MotoAccount.CreateAsync(moto, "555566667777"));
        var config = Path.Combine(_directory, "config");
        await File.WriteAllTextAsync(config, tasks.Profile("tasks") + reports.Profile("reports"), TestContext.Current.CancellationToken);
        var laptop = WalkPage.Read(Page, "On a laptop").First(block => block.Commands.Contains("orders.json <<", StringComparison.Ordinal));
        var definition = laptop.Commands[..(laptop.Commands.IndexOf("\nEND\n", StringComparison.Ordinal) + 5)];

        // Docker is tested elsewhere, and moto has no images. The alias of the page is not used by a shell that runs a script.
        await WalkPage.FollowAsync(
            WalkPage.Read(Page, "In AWS"),
            $"cd '{_directory}'\n{definition}\ndocker() {{ [ \"$1\" != login ] || cat > /dev/null; }}\n"
                + $"export PATH='{Path.GetDirectoryName(Programs.Sidecar)}':$PATH",
            text => text,
            CleanEnvironment.With(
                ("AWS_ENDPOINT_URL", moto.Address.GetLeftPart(UriPartial.Authority)),
                ("AWS_CONFIG_FILE", config),
                ("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials")));
    }
}
