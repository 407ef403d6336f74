using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Running;

/// <summary>Files that somebody else locks, or puts a pipe in the place of, with the program as it is.</summary>
public sealed class LockedFileTests : IDisposable
{
    private const string Token = "6b1f9c3e7a5d4820b6e1c9f7a3d58042";

    private readonly string _directory = Directory.CreateTempSubdirectory("files-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Locks_of_readers_keep_neither_configuration_nor_tokens_nor_the_audit_from_the_sidecar()
    {
        await Installed.CommandAsync("flock is not installed: apt-get install -y --no-install-recommends util-linux", "flock", "--version");
        var shared = Directory.CreateDirectory(PathOf("shared")).FullName;
        var generated = new string('d', 64);
        string[] files =
        [
            Write("config.json", """{ "Drain": "0s", "Access": { "KeepTokens": true } }"""),
            Write("token-of-web", Token),
            Write("shared/token", generated),
            Write("audit", ""),
        ];
        await using var emulator = await EmulatorProcess.StartAsync();

        // A reader's lock needs no right to write.
        const string Lock = "for f in \"$@\"; do exec 9<\"$f\"; flock -xn 9 || exit 1; flock -xn \"$f\" -c true && exit 1; " +
            "sleep 600 9<&9 & done; echo locked; wait";
        await using var locks = ChildProcess.Start("sh", ["-c", Lock, "sh", .. files], CleanEnvironment.With());
        await locks.LineAsync(line => line == "locked");

        await using var sidecar = await SidecarProcess.StartAsync(emulator,
            ("SIDECAR_ROLE_ARN", DefaultWorld.Reports),
            ("SIDECAR_EXTERNAL_ID", DefaultWorld.ExternalId),
            ("SIDECAR_CONFIG_FILE", files[0]),
            ("SIDECAR_Audit__File", files[3]),
            ("SIDECAR_Access__Clients__web__TokenFile", files[1]), ("SIDECAR_Access__Clients__web__Destinations__0", "default"),
            ("SIDECAR_Access__Clients__batch__SharedDirectory", shared), ("SIDECAR_Access__Clients__batch__Destinations__0", "default"));
        sidecar.Hide([Token, generated]);
        await sidecar.ReadyAsync();

        Assert.Equal(generated, await File.ReadAllTextAsync(files[2], TestContext.Current.CancellationToken));
        Assert.Equal((200, 200), (await AskAsync(sidecar, Token), await AskAsync(sidecar, generated)));
        await Eventually.HoldsAsync(() => Task.FromResult(new FileInfo(files[3]).Length > 0), () => string.Join('\n', sidecar.Output));
        Assert.DoesNotContain(sidecar.Output, line => line.Contains("\"EventId\":601,", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("SIDECAR_CONFIG_FILE")]
    [InlineData("SIDECAR_TOKEN_FILE")]
    [InlineData("SIDECAR_SHARED_DIR")]
    public async Task A_pipe_in_a_files_place_ends_the_start_with_one_line(string variable)
    {
        Fifo.Make(PathOf("token"));
        var ended = await Programs.SidecarAsync([],
        [
            ("SIDECAR_ROLE_ARN", DefaultWorld.Reports),
            ("AWS_REGION", "eu-central-1"),
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/none"),
            ("SIDECAR_PORT", "0"),
            ("SIDECAR_HEALTH_PORT", "0"), (variable, variable == "SIDECAR_SHARED_DIR" ? _directory : PathOf("token")),
        ]);

        Assert.Equal((78, ""), (ended.Code, ended.Output));
        var quote = variable == "SIDECAR_SHARED_DIR" ? '\'' : '"';
        var line = ended.Errors.Trim().Split('\n')[1].Trim();
        Assert.StartsWith($"{variable} is {quote}{_directory}", line, StringComparison.Ordinal);
        Assert.Contains("is a pipe, a socket or a device instead of a regular file", ended.Errors, StringComparison.Ordinal);
    }

    private string PathOf(string name) => Path.Combine(_directory, name);

    private string Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }

    private static async Task<int> AskAsync(SidecarProcess sidecar, string token)
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", token);
        using var answer = await client.GetAsync(new Uri(sidecar.Endpoint, "v1/credentials"), TestContext.Current.CancellationToken);
        return (int)answer.StatusCode;
    }
}
