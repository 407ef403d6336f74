using System.Net;
using System.Text.Json.Nodes;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Hosting;

/// <summary>Clients and tokens across reloads: a token never combines with the permissions of another configuration.</summary>
public sealed class ReloadClientTests
{
    private const string Web = "web-8Hf2kLq9Zx4Vn7Tb1Rj6Mw3Yp5Cd0Gs";
    private const string Batch = "batch-5Pz1Xc8Vb3Nm6Qw9Er2Ty7Ui4Oa0K";

    [Fact]
    public async Task A_token_that_moves_to_another_client_never_reads_what_that_client_read_before()
    {
        using var file = new ReloadFile("a", "b");
        Save(file, ("web", Web, "a"), ("batch", Batch, "b"));
        await using var sidecar = await StartAsync(file);
        using var over = new CancellationTokenSource();
        var reading = Enumerable.Range(0, 4).Select(_ => Task.Run(() => ReadAsync(sidecar, Web, "b", over.Token))).ToArray();

        for (var i = 0; i < 40; i++)
        {
            Save(file, i % 2 == 0 ? [("batch", Web, "a")] : [("web", Web, "a"), ("batch", Batch, "b")]);
            Assert.Empty((await sidecar.ReloadAsync()).Mistakes);
        }

        await over.CancelAsync();
        var statuses = (await Task.WhenAll(reading)).SelectMany(seen => seen).ToHashSet();
        Assert.NotEmpty(statuses);
        Assert.DoesNotContain(HttpStatusCode.OK, statuses);
    }

    [Fact]
    public async Task A_client_that_is_renamed_is_served_without_a_gap()
    {
        using var file = new ReloadFile("a");
        Save(file, ("web", Web, "a"));
        await using var sidecar = await StartAsync(file);
        using var over = new CancellationTokenSource();
        var reading = Task.Run(() => ReadAsync(sidecar, Web, "a", over.Token));

        for (var i = 0; i < 40; i++)
        {
            Save(file, (i % 2 == 0 ? "site" : "web", Web, "a"));
            Assert.Empty((await sidecar.ReloadAsync()).Mistakes);
        }

        await over.CancelAsync();
        Assert.Equal([HttpStatusCode.OK], await reading);
    }

    [Fact]
    public async Task A_changed_token_replaces_the_former_one_which_ends_with_the_grace_time()
    {
        using var file = new ReloadFile("a");
        Save(file, ("web", Web, "a"));
        await using var sidecar = await StartAsync(file);

        Save(file, ("web", Batch, "a"));
        Assert.Contains("changed client web", (await sidecar.ReloadAsync()).Text, StringComparison.Ordinal);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await GetAsync(sidecar, Batch, "a"), await GetAsync(sidecar, Web, "a")));
        await sidecar.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(sidecar, Batch, "a"));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(sidecar, Web, "a"));
    }

    [Fact]
    public async Task A_rollback_to_a_token_that_another_client_had_meanwhile_is_accepted()
    {
        using var file = new ReloadFile("a", "b");
        Save(file, ("web", Web, "a"), ("batch", Batch, "b"));
        await using var sidecar = await StartAsync(file);

        Save(file, ("batch", Web, "b"));
        await sidecar.ReloadAsync();
        Save(file, ("web", Web, "a"), ("batch", Batch, "b"));

        Assert.Empty((await sidecar.ReloadAsync()).Mistakes);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), (await GetAsync(sidecar, Web, "a"), await GetAsync(sidecar, Web, "b")));
    }

    [Fact]
    public async Task More_new_tokens_than_fit_end_the_oldest_former_ones_and_the_newest_is_valid()
    {
        using var file = new ReloadFile("a");
        Save(file, ("web", Web, "a"));
        await using var sidecar = await StartAsync(file);

        for (var i = 0; i < 20; i++)
        {
            Save(file, ("web", $"{Batch}{i:00}", "a"));
            await sidecar.ReloadAsync();
        }

        Assert.Equal(HttpStatusCode.OK, await GetAsync(sidecar, $"{Batch}19", "a"));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(sidecar, Web, "a"));
    }

    [Fact]
    public async Task A_client_that_is_called_anyone_is_a_client_like_others()
    {
        using var file = new ReloadFile("a", "b");
        Save(file, ("anyone", Web, "a"));
        await using var sidecar = await StartAsync(file);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), (await GetAsync(sidecar, Web, "a"), await GetAsync(sidecar, Web, "b")));
    }

    private static Task<SidecarFixture> StartAsync(ReloadFile file) =>
        SidecarFixture.StartReloadableAsync(file.Path, ("SIDECAR_TOKEN", null));

    private static void Save(ReloadFile file, params IEnumerable<(string Name, string Token, string Destination)> clients)
    {
        var section = new JsonObject();

        foreach (var (name, token, destination) in clients)
        {
            section[name] = new JsonObject { ["Token"] = token, ["Destinations"] = new JsonArray(destination) };
        }

        file.With("Access", new JsonObject { ["Clients"] = section }).Save();
    }

    private static async Task<HashSet<HttpStatusCode>> ReadAsync(
        SidecarFixture sidecar, string token, string destination, CancellationToken over)
    {
        var seen = new HashSet<HttpStatusCode>();

        while (!over.IsCancellationRequested)
        {
            seen.Add(await GetAsync(sidecar, token, destination));
        }

        return seen;
    }

    private static Task<HttpStatusCode> GetAsync(SidecarFixture sidecar, string token, string destination) =>
        sidecar.StatusAsync(token, destination);
}
