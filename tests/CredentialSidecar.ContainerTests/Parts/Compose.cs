using System.Security.Cryptography;

namespace CredentialSidecar.ContainerTests.Parts;

/// <summary>The compose files that ship, with the images under test in the place of the public ones.</summary>
internal sealed class Compose(string[] files, params (string Name, string Value)[] variables) : IAsyncDisposable
{
    private readonly string _project = "cst" + RandomNumberGenerator.GetHexString(8, lowercase: true);

    /// <summary>The words of the command, of whichever version there is.</summary>
    public static async Task<string[]?> FindAsync() =>
        await Images.ThereAsync("docker-compose", "version") ? ["docker-compose"]
            : await Images.ThereAsync("docker", "compose", "version") ? ["docker", "compose"]
            : null;

    public async Task<string> ContainerAsync(string service) =>
        await Engine.DoAsync(
            "ps", "-aq",
            "--filter", $"label=com.docker.compose.project={_project}",
            "--filter", $"label=com.docker.compose.service={service}");

    public Task<Command.Ended> UpAsync() =>
        RunAsync("up", "--no-build", "--no-color", "--abort-on-container-exit", "--exit-code-from", "app");

    public async Task<Command.Ended> RunAsync(params string[] words)
    {
        await Images.RequireAsync();
        var found = (await FindAsync())!;
        var options = files.SelectMany(file => (string[])["-f", file]);
        return await Command.RunAsync(found[0], [.. found[1..], "-p", _project, .. options, .. words],
        [
            ("SIDECAR_IMAGE", Images.Sidecar), ("EMULATOR_IMAGE", Images.Emulator), ("APP_IMAGE", Images.Client), .. variables,
        ]);
    }

    public async ValueTask DisposeAsync() => await RunAsync("down", "-v", "-t", "1");
}
