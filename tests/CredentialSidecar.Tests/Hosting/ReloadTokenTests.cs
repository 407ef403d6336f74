using System.Net;
using System.Text.Json.Nodes;
using CredentialSidecar.Access;
using CredentialSidecar.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace CredentialSidecar.Tests.Hosting;

/// <summary>Token files and tokens agree after every reload, also after one that was rejected or undone.</summary>
public sealed class ReloadTokenTests : IDisposable
{
    private const string Configured = "0123456789abcdef0123456789abcdef";

    private readonly string _root = Directory.CreateTempSubdirectory("tokens-").FullName;
    private readonly ReloadFile _file = new("a");

    public void Dispose()
    {
        _file.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task A_rejected_reload_writes_no_token()
    {
        await using var sidecar = await StartAsync(("web", "a"));
        var token = TokenIn("a");

        Save(("web2", "a"), ("late", "missing/directory"));
        Assert.Contains("it does not exist", Assert.Single((await sidecar.ReloadAsync()).Mistakes).Text, StringComparison.Ordinal);

        Assert.Equal((token, HttpStatusCode.OK), (TokenIn("a"), await GetAsync(sidecar, token)));
        Assert.Equal(["token"], Directory.GetFiles(Path.Combine(_root, "a")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Rotations_during_reloads_lose_no_token()
    {
        await using var sidecar = await StartAsync(("web", "a"));
        var keeper = sidecar.Services.GetRequiredService<TokenKeeper>();

        for (var i = 0; i < 12; i++)
        {
            _file.With("Refresh", new JsonObject { ["JitterFraction"] = 0.01 * (i % 2) }).Save();
            var rotations = Enumerable.Range(0, 8).Select(_ => Task.Run(keeper.Rotate, TestContext.Current.CancellationToken));
            await Task.WhenAll([.. rotations, .. Enumerable.Range(0, 8).Select(_ => Task.Run(sidecar.ReloadAsync))]);

            Assert.Equal(HttpStatusCode.OK, await GetAsync(sidecar, TokenIn("a")));
            await sidecar.AdvanceAsync(TimeSpan.FromHours(1));
            Assert.Equal(HttpStatusCode.OK, await GetAsync(sidecar, TokenIn("a")));
        }

        Assert.DoesNotContain(sidecar.Logs.Lines, line => line.Event.Id is 401 or 803);
    }

    // A reload between the two steps of a rotation would drop the token that the rotation ends.
    [Fact]
    public async Task A_reload_and_a_rotation_wait_for_each_other()
    {
        await using var sidecar = await StartAsync(("web", "a"));
        var keeper = sidecar.Services.GetRequiredService<TokenKeeper>();
        var (before, calls) = (TokenIn("a"), new List<Task>());

        using (keeper.Changing.EnterScope())
        {
            _file.With("Refresh", new JsonObject { ["JitterFraction"] = 0.01 }).Save();
            calls.Add(Task.Run(sidecar.ReloadAsync, TestContext.Current.CancellationToken));
            calls.Add(Task.Run(keeper.Rotate, TestContext.Current.CancellationToken));
            Thread.Sleep(100);
            Assert.Equal((false, false, before), (calls[0].IsCompleted, calls[1].IsCompleted, TokenIn("a")));
        }

        await Task.WhenAll(calls);
        Assert.NotEqual(before, TokenIn("a"));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await GetAsync(sidecar, before), await GetAsync(sidecar, TokenIn("a"))));
    }

    [Fact]
    public async Task A_client_keeps_its_token_when_its_directory_moves()
    {
        await using var sidecar = await StartAsync(("web", "a"), ("batch", "b"));
        var (web, batch) = (TokenIn("a"), TokenIn("b"));

        // Each gets the directory of the other one.
        await ReloadAsync(sidecar, ("web", "b"), ("batch", "a"));
        Assert.Equal((web, batch), (TokenIn("b"), TokenIn("a")));
        await ReloadAsync(sidecar, ("web", "c"), ("batch", "a"));

        Assert.Equal(web, TokenIn("c"));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await GetAsync(sidecar, web), await GetAsync(sidecar, batch)));
        Assert.DoesNotContain(sidecar.Logs.Lines, line => line.Event.Id is 603 or 609);
    }

    [Fact]
    public async Task A_renamed_client_and_one_that_comes_back_keep_the_token_in_their_directory()
    {
        await using var sidecar = await StartAsync(("web", "a"), ("batch", "b"));
        var (web, batch) = (TokenIn("a"), TokenIn("b"));

        await ReloadAsync(sidecar, ("site", "a"));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (await GetAsync(sidecar, web), await GetAsync(sidecar, batch)));
        await ReloadAsync(sidecar, ("site", "a"), ("batch", "b"));

        Assert.Equal((web, batch), (TokenIn("a"), TokenIn("b")));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await GetAsync(sidecar, web), await GetAsync(sidecar, batch)));
    }

    [Fact]
    public async Task A_token_that_was_in_the_directory_before_is_rejected_and_logged()
    {
        await using var sidecar = await StartAsync(("web", "a"));
        Directory.CreateDirectory(Path.Combine(_root, "b"));
        File.WriteAllText(Path.Combine(_root, "b", "token"), Configured);

        await ReloadAsync(sidecar, ("web", "a"), ("batch", "b"));

        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(sidecar, Configured));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(sidecar, TokenIn("b")));
        Assert.Single(sidecar.Logs.Lines, line => line.Event.Id == 609);
    }

    [Fact]
    public async Task A_configured_token_that_becomes_a_generated_one_stays_valid_for_the_grace_time()
    {
        Save([("web", "a")], Configured);
        await using var sidecar = await SidecarFixture.StartReloadableAsync(_file.Path, ("SIDECAR_TOKEN", null));

        await ReloadAsync(sidecar, ("web", "a"));

        Assert.NotEqual(Configured, TokenIn("a"));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await GetAsync(sidecar, Configured), await GetAsync(sidecar, TokenIn("a"))));
        await sidecar.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(sidecar, Configured));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(sidecar, TokenIn("a")));
    }

    [Fact]
    public async Task A_configured_token_that_cannot_be_written_is_a_mistake_until_it_can()
    {
        Save([("web", "a")], Configured);
        await using var sidecar = await SidecarFixture.StartReloadableAsync(_file.Path, ("SIDECAR_TOKEN", null));
        const string Next = Configured + "2";

        Directory.Delete(Path.Combine(_root, "a"), recursive: true);
        Save([("web", "a")], Next, make: false);
        Assert.Single((await sidecar.ReloadAsync()).Mistakes);
        Assert.Equal(HttpStatusCode.OK, await GetAsync(sidecar, Configured));

        Directory.CreateDirectory(Path.Combine(_root, "a"));
        Assert.Empty((await sidecar.ReloadAsync()).Mistakes);
        Assert.Equal((Next, HttpStatusCode.OK), (TokenIn("a"), await GetAsync(sidecar, Next)));

        // A changed directory gets the configured token too.
        Save([("web", "b")], Next);
        Assert.Empty((await sidecar.ReloadAsync()).Mistakes);
        Assert.Equal(Next, TokenIn("b"));
    }

    [Fact]
    public async Task A_shared_directory_that_needs_a_restart_stays_where_it_is()
    {
        var (first, second) = (Path.Combine(_root, "a"), Path.Combine(_root, "gone"));
        Directory.CreateDirectory(first);
        _file.With("SharedDirectory", first).Save();
        await using var sidecar = await SidecarFixture.StartReloadableAsync(_file.Path, ("SIDECAR_TOKEN", null));
        var token = TokenIn("a");

        _file.With("SharedDirectory", second).Set("b", "b").Save();
        var result = await sidecar.ReloadAsync();

        Assert.Equal("Reloaded the configuration: added destination b; 1 destination keeps its session; SharedDirectory in "
            + $"{_file.Path} needs a restart of the sidecar.", result.Text);
        await sidecar.AdvanceAsync(TimeSpan.FromHours(3));
        Assert.Equal((token, HttpStatusCode.OK), (TokenIn("a"), await GetAsync(sidecar, token)));
    }

    [Fact]
    public async Task A_directory_that_cannot_take_a_token_stops_the_reload_and_no_other_client()
    {
        await using var sidecar = await StartAsync(("web", "a"));
        Directory.CreateDirectory(Path.Combine(_root, "b", "token"));
        Directory.CreateDirectory(Path.Combine(_root, "c", ".ended"));

        foreach (var directory in new[] { "b", "c" })
        {
            Save(("web", "moved"), ("zz", directory));
            Assert.Single((await sidecar.ReloadAsync()).Mistakes);
            Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_root, "moved")));
        }

        // A directory that is gone does not matter to the others while its client is unchanged.
        var web = TokenIn("a");
        Directory.Delete(Path.Combine(_root, "a"), recursive: true);
        Save([("web", "a"), ("batch", "d")], null, make: false);
        Directory.CreateDirectory(Path.Combine(_root, "d"));
        Assert.Empty((await sidecar.ReloadAsync()).Mistakes);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await GetAsync(sidecar, TokenIn("d")), await GetAsync(sidecar, web)));
    }

    [Fact]
    public async Task A_token_that_cannot_be_put_in_place_is_told_and_written_by_the_next_reload()
    {
        await using var sidecar = await StartAsync(("web", "a"));
        var keeper = sidecar.Services.GetRequiredService<TokenKeeper>();
        Directory.CreateDirectory(Path.Combine(_root, "b"));
        var moved = keeper.Settings.Clients[0] with { Token = null, Directory = Path.Combine(_root, "b") };
        var next = keeper.Settings with { Clients = [moved] };
        var token = TokenIn("a");

        using (var pending = keeper.Prepare(next, path => path, "/nowhere"))
        {
            // Somebody takes the name between the two steps.
            Directory.CreateDirectory(Path.Combine(_root, "b", "token"));
            var problem = Assert.Single(keeper.Follow(pending));
            Assert.StartsWith($"the token of client web cannot be written to {moved.Directory}: ", problem, StringComparison.Ordinal);
        }

        Assert.Single(sidecar.Logs.Lines, line => line.Event.Id == 611);
        Directory.Delete(Path.Combine(_root, "b", "token"));
        Save(("web", "b"));
        Assert.Empty((await sidecar.ReloadAsync()).Problems);
        Assert.Equal((token, HttpStatusCode.OK), (TokenIn("b"), await GetAsync(sidecar, token)));
        Assert.Equal(["token"], Directory.GetFiles(Path.Combine(_root, "b")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_removed_clients_token_does_not_come_back_under_another_name_or_after_a_rotation()
    {
        await using var sidecar = await StartAsync(("web", "a"), ("batch", "b"));
        var keeper = sidecar.Services.GetRequiredService<TokenKeeper>();
        var batch = TokenIn("b");

        await ReloadAsync(sidecar, ("web", "a"));
        await ReloadAsync(sidecar, ("web", "a"), ("other", "b"));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(sidecar, batch));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(sidecar, TokenIn("b")));
        Assert.Single(sidecar.Logs.Lines, line => line.Event.Id == 609);

        var web = TokenIn("a");
        await ReloadAsync(sidecar, ("other", "b"));
        await ReloadAsync(sidecar, ("other", "b"), ("web", "a"));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(sidecar, web));
        keeper.Rotate();
        await ReloadAsync(sidecar, ("other", "b"));
        File.WriteAllText(Path.Combine(_root, "a", "token.new"), web);
        File.Move(Path.Combine(_root, "a", "token.new"), Path.Combine(_root, "a", "token"), overwrite: true);
        await ReloadAsync(sidecar, ("other", "b"), ("web", "a"));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(sidecar, web));
    }

    [Fact]
    public async Task Two_clients_never_get_one_directory_not_even_by_a_link()
    {
        await using var sidecar = await StartAsync(("web", "a"));
        Directory.CreateSymbolicLink(Path.Combine(_root, "link"), Path.Combine(_root, "a"));

        Save([("web", "a"), ("late", "link")], null, make: false);

        Assert.EndsWith("which is also the directory of client 'web'; a container that mounts it would have both tokens",
            Assert.Single((await sidecar.ReloadAsync()).Mistakes, mistake => mistake.Key.Contains("late")
                || mistake.Key.Contains("web")).Text.Replace("client 'late'", "client 'web'"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_cannot_take_the_shared_directory_that_stays_until_a_restart()
    {
        Directory.CreateDirectory(Path.Combine(_root, "a"));
        _file.With("SharedDirectory", Path.Combine(_root, "a")).Save();
        await using var sidecar = await SidecarFixture.StartReloadableAsync(_file.Path, ("SIDECAR_TOKEN", Configured));

        _file.With("SharedDirectory", Path.Combine(_root, "b"));
        Save(("web", "a"));

        Assert.Contains("which is also the directory of client 'default'", Assert.Single((await sidecar.ReloadAsync()).Mistakes).Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_takes_the_name_of_a_trusted_one_stops_the_reload()
    {
        Save(("web", "a"));
        _file.With("Passthrough", new JsonObject { ["Metadata"] = true, ["TaskRole"] = new JsonArray("web") }).Save();
        await using var sidecar = await SidecarFixture.StartReloadableAsync(_file.Path, ("SIDECAR_TOKEN", null));

        _file.With("Passthrough", new JsonObject { ["Metadata"] = true, ["TaskRole"] = new JsonArray("trusted") });
        Save(("trusted", "a"), ("web", "b"));

        Assert.Contains("needs a restart to change and still lets client 'web' read the task role",
            Assert.Single((await sidecar.ReloadAsync()).Mistakes).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_of_a_killed_process_are_removed()
    {
        var left = Directory.CreateDirectory(Path.Combine(_root, "a")).FullName;
        File.WriteAllText(Path.Combine(left, ".token.0123abcd"), Configured);

        await using var sidecar = await StartAsync(("web", "a"));

        Assert.Equal(["token"], Directory.GetFiles(left).Select(Path.GetFileName));
    }

    private async Task<SidecarFixture> StartAsync(params (string Name, string Directory)[] clients)
    {
        Save(clients);
        return await SidecarFixture.StartReloadableAsync(_file.Path, ("SIDECAR_TOKEN", null));
    }

    private async Task ReloadAsync(SidecarFixture sidecar, params (string Name, string Directory)[] clients)
    {
        Save(clients);
        var result = await sidecar.ReloadAsync();
        Assert.True(result is { Mistakes: [], IsApplied: true }, result.Text);
    }

    private void Save(params (string Name, string Directory)[] clients) => Save(clients, null);

    private void Save((string Name, string Directory)[] clients, string? token, bool make = true)
    {
        var section = new JsonObject();

        foreach (var (name, directory) in clients)
        {
            var path = Path.Combine(_root, directory);
            _ = make && !directory.Contains('/', StringComparison.Ordinal) ? Directory.CreateDirectory(path) : null;
            section[name] = new JsonObject { ["SharedDirectory"] = path, ["Destinations"] = new JsonArray("a"), ["Token"] = token };
        }

        _file.With("Access", new JsonObject { ["Clients"] = section }).Save();
    }

    private string TokenIn(string directory) => File.ReadAllText(Path.Combine(_root, directory, "token"));

    private static Task<HttpStatusCode> GetAsync(SidecarFixture sidecar, string token) => sidecar.StatusAsync(token, "a");
}
