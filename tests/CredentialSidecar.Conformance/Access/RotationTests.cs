using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Emulator.Worlds;

namespace CredentialSidecar.Conformance.Access;

/// <summary>SIGHUP rotates tokens, with the real program.</summary>
public sealed class RotationTests : IDisposable
{
    private const int SIGHUP = 1;

    private readonly string _directory = Directory.CreateTempSubdirectory("rotation-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task SIGHUP_rotates_generated_client_tokens_and_reopens_the_audit_file()
    {
        var (web, batch, audit) = (Folder("web"), Folder("batch"), Path.Combine(_directory, "audit.jsonl"));
        await using var emulator = await EmulatorProcess.StartAsync();
        await using var sidecar = await SidecarProcess.StartAsync(emulator,
            ("SIDECAR_ROLE_ARN", DefaultWorld.Reports), ("SIDECAR_EXTERNAL_ID", DefaultWorld.ExternalId), ("SIDECAR_Audit__File", audit),
            ("SIDECAR_Access__Clients__web__SharedDirectory", web), ("SIDECAR_Access__Clients__web__Destinations__0", "default"),
            ("SIDECAR_Access__Clients__batch__SharedDirectory", batch), ("SIDECAR_Access__Clients__batch__Destinations__0", "default"));
        await sidecar.ReadyAsync();
        string[] former = [Token(web), Token(batch)];
        Assert.NotEqual(former[0], former[1]);
        Assert.Equal(200, await AskAsync(sidecar, former[0]));
        await Eventually.HoldsAsync(
            () => File.Exists(audit) && File.ReadAllText(audit).Contains("\"web\"", StringComparison.Ordinal),
            () => "the first line");
        File.Move(audit, audit + ".1");

        sidecar.Signal(SIGHUP);
        await Eventually.HoldsAsync(() => Task.FromResult(Token(web) != former[0] && Token(batch) != former[1]), () => "no new tokens");

        foreach (var token in (string[])[.. former, Token(web), Token(batch)])
        {
            sidecar.Hide([token]);
            Assert.Equal(200, await AskAsync(sidecar, token));
        }

        await Eventually.HoldsAsync(
            () => File.Exists(audit) && File.ReadAllLines(audit).Length == 4,
            () => string.Join('\n', Directory.EnumerateFiles(_directory, "audit*").Order()
                .Select(file => $"{file}:\n{File.ReadAllText(file)}")));
        Assert.Equal(["web", "batch", "web", "batch"], File.ReadAllLines(audit).Select(line => (string?)JsonNode.Parse(line)!["client"]));
        Assert.Contains(File.ReadAllLines(audit + ".1"), line => (string?)JsonNode.Parse(line)!["client"] == "web");
        await Eventually.HoldsAsync(
            () => sidecar.Output.Count(line => line.Contains("\"EventId\":602,", StringComparison.Ordinal)) == 2,
            () => string.Join('\n', sidecar.Output));
        Assert.Empty(Leaks.In(File.ReadAllLines(audit), [.. former, Token(web), Token(batch)]));
    }

    private static async Task<int> AskAsync(SidecarProcess sidecar, string token)
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", token);
        using var answer = await client.GetAsync(new Uri(sidecar.Endpoint, "v1/credentials"), TestContext.Current.CancellationToken);
        return (int)answer.StatusCode;
    }

    private static string Token(string folder) => File.ReadAllText(Path.Combine(folder, "token"));

    private string Folder(string name) => Directory.CreateDirectory(Path.Combine(_directory, name)).FullName;
}
