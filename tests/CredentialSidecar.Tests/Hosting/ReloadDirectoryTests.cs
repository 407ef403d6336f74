using System.Net;
using System.Text.Json.Nodes;
using CredentialSidecar.Access;
using CredentialSidecar.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace CredentialSidecar.Tests.Hosting;

/// <summary>Generated tokens and their directories across reloads, and settings that apply to later sessions.</summary>
public sealed class ReloadDirectoryTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("clients-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task An_added_client_finds_its_token_and_the_others_keep_theirs()
    {
        using var file = new ReloadFile("a");
        Save(file, "web");
        await using var sidecar = await StartAsync(file);
        sidecar.Services.GetRequiredService<TokenKeeper>().Rotate();
        var kept = TokenOf("web");

        Save(file, "web", "batch");
        var result = await sidecar.ReloadAsync();

        Assert.Equal("Reloaded the configuration: added client batch; 1 destination keeps its session.", result.Text);
        Assert.Equal(kept, TokenOf("web"));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await GetAsync(sidecar, kept), await GetAsync(sidecar, TokenOf("batch"))));
    }

    [Fact]
    public async Task A_removed_client_is_rejected_at_once()
    {
        using var file = new ReloadFile("a");
        Save(file, "web", "batch");
        await using var sidecar = await StartAsync(file);
        var token = TokenOf("batch");

        Save(file, "web");
        await sidecar.ReloadAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(sidecar, token));
    }

    [Fact]
    public async Task A_directory_that_cannot_be_written_is_a_mistake_and_changes_nothing()
    {
        using var file = new ReloadFile("a");
        Save(file, "web");
        await using var sidecar = await StartAsync(file);

        File.WriteAllText(Path.Combine(_directory, "batch"), "not a directory");
        Save(file, ["web", "batch"], make: false);
        var result = await sidecar.ReloadAsync();

        Assert.Contains("it is a file", Assert.Single(result.Mistakes).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await GetAsync(sidecar, TokenOf("web")));
    }

    [Fact]
    public async Task Refresh_settings_apply_to_sessions_from_then_on()
    {
        using var file = new ReloadFile("a");
        Save(file, "web");
        await using var sidecar = await StartAsync(file);
        var before = sidecar.Tree.Find("a")!.Node.Latest!;

        file.With("Refresh", new JsonObject { ["RenewAtFraction"] = 0.2, ["JitterFraction"] = 0 }).Save();
        Assert.Contains("changed settings Refresh:JitterFraction, Refresh:RenewAtFraction; ",
            (await sidecar.ReloadAsync()).Text, StringComparison.Ordinal);
        Assert.Same(before, sidecar.Tree.Find("a")!.Node.Latest);
        await sidecar.AdvanceAsync(TimeSpan.FromMinutes(31));

        var renewed = sidecar.Tree.Find("a")!.Node.Latest!;
        Assert.NotSame(before, renewed);
        Assert.Equal(TimeSpan.FromMinutes(12), renewed.RenewAt - renewed.Credentials.IssuedAt);
    }

    private static Task<SidecarFixture> StartAsync(ReloadFile file) =>
        SidecarFixture.StartReloadableAsync(file.Path, ("SIDECAR_TOKEN", null));

    private void Save(ReloadFile file, params IEnumerable<string> clients) => Save(file, clients, make: true);

    private void Save(ReloadFile file, IEnumerable<string> clients, bool make)
    {
        var section = new JsonObject();

        foreach (var name in clients)
        {
            var own = Path.Combine(_directory, name);
            _ = make ? Directory.CreateDirectory(own) : null;
            section[name] = new JsonObject { ["SharedDirectory"] = own, ["Destinations"] = new JsonArray("a") };
        }

        file.With("Access", new JsonObject { ["Clients"] = section }).Save();
    }

    private string TokenOf(string client) => File.ReadAllText(Path.Combine(_directory, client, "token"));

    private static Task<HttpStatusCode> GetAsync(SidecarFixture sidecar, string token) => sidecar.StatusAsync(token, "a");
}
