using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Parts;

/// <summary>A task with a sidecar, in a world of its own: what the clients of one test class read.</summary>
public sealed class TaskFixture : IAsyncLifetime
{
    /// <summary>One hop, two hops, and a role that no policy allows to assume.</summary>
    internal const string Destinations = $$"""
        {
          "Destinations": {
            "reports": { "Hops": [
              { "RoleArn": "{{DefaultWorld.Reports}}", "ExternalId": "{{DefaultWorld.ExternalId}}", "SessionName": "orders-1" }] },
            "reader": { "Hops": [
              { "RoleArn": "{{DefaultWorld.Reports}}", "ExternalId": "{{DefaultWorld.ExternalId}}", "SessionName": "orders-1" },
              { "RoleArn": "{{DefaultWorld.Reader}}", "SessionName": "orders-2" }] },
            "denied": { "Lazy": true, "Hops": [{ "RoleArn": "{{DefaultWorld.Denied}}" }] }
          }
        }
        """;

    private readonly (string, string?)[] _settings;
    private EmulatorProcess? _emulator;
    private SidecarProcess? _sidecar;

    public TaskFixture()
        : this([])
    {
    }

    /// <param name="settings">More variables of the sidecar.</param>
    internal TaskFixture(params (string Name, string? Value)[] settings) => _settings = settings;

    internal EmulatorProcess Emulator => _emulator!;

    internal SidecarProcess Sidecar => _sidecar!;

    /// <summary>The file that the sidecar has its token from, and siblings may have.</summary>
    internal string TokenFile { get; } = Path.GetTempFileName();

    /// <summary>For what clients keep in the folder of their user.</summary>
    internal string Home { get; } = Directory.CreateTempSubdirectory("home-").FullName;

    public async ValueTask InitializeAsync()
    {
        _emulator = await EmulatorProcess.StartAsync();
        _sidecar = await SidecarProcess.StartAsync(_emulator, [("SIDECAR_CONFIG", Destinations), .. _settings]);
        await _sidecar.ReadyAsync();
        await File.WriteAllTextAsync(TokenFile, _sidecar.Token);
    }

    public async ValueTask DisposeAsync()
    {
        File.Delete(TokenFile);
        Directory.Delete(Home, recursive: true);

        try
        {
            await (_sidecar?.DisposeAsync() ?? default);
        }
        finally
        {
            await (_emulator?.DisposeAsync() ?? default);
        }
    }

    /// <summary>The environment of a sibling that reads a destination and calls the emulator's STS.</summary>
    /// <param name="endpoint">Where it finds the sidecar.</param>
    internal Dictionary<string, string?> Sibling(
        string destination, Uri? endpoint = null, params IEnumerable<(string Name, string? Value)> changes) => SiblingOf(
            Sidecar, destination, Emulator.Sts,
            [("AWS_CONTAINER_CREDENTIALS_FULL_URI", $"{endpoint ?? Sidecar.Endpoint}v1/credentials/{destination}"), .. changes]);

    /// <param name="aws">Where its STS and S3 are.</param>
    internal static Dictionary<string, string?> SiblingOf(
        SidecarProcess sidecar, string destination, Uri aws, params IEnumerable<(string Name, string? Value)> changes) =>
        CleanEnvironment.With(
        [
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", $"{sidecar.Endpoint}v1/credentials/{destination}"),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN", sidecar.Token),
            ("AWS_ENDPOINT_URL_STS", aws.GetLeftPart(UriPartial.Authority)),
            ("AWS_ENDPOINT_URL_S3", aws.GetLeftPart(UriPartial.Authority)),
            ("AWS_REGION", "eu-central-1"),

            // Version 1 of the CLI reads this one alone.
            ("AWS_DEFAULT_REGION", "eu-central-1"),

            // No settings of this machine or of the user who runs the test.
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_CONFIG_FILE", "/nonexistent/config"),
            ("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials"),
            .. changes,
        ]);
}
