using System.Net;
using CredentialSidecar.Access;
using CredentialSidecar.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace CredentialSidecar.Tests.Access;

/// <summary>New tokens while siblings go on.</summary>
public sealed class TokenKeeperTests : IDisposable
{
    private const string First = "first-8Hf2kLq9Zx4Vn7Tb1Rj6Mw3Yp5Cd";
    private const string Second = "second-5Pz1Xc8Vb3Nm6Qw9Er2Ty7Ui4Oa";

    private readonly string _directory = Directory.CreateTempSubdirectory("keeper-").FullName;

    private string TokenPath => Path.Combine(_directory, "token");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_rotation_replaces_a_generated_token_and_the_former_one_stays_valid_for_the_grace_time()
    {
        await using var sidecar = await StartAsync(
            ("SIDECAR_TOKEN", null), ("SIDECAR_SHARED_DIR", _directory), ("SIDECAR_Access__TokenGrace", "10m"));
        var former = File.ReadAllText(TokenPath);

        sidecar.Services.GetRequiredService<TokenKeeper>().Rotate();

        var current = File.ReadAllText(TokenPath);
        Assert.NotEqual(former, current);
        Assert.Equal((200, 200), (await AskAsync(sidecar, former), await AskAsync(sidecar, current)));
        Assert.Contains(
            "Client default has a new token; the former one is valid until 2026-01-01T00:10:00Z",
            Assert.Single(sidecar.Logs.Lines, line => line.Event.Id == 603).Text,
            StringComparison.Ordinal);

        sidecar.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal((401, 200), (await AskAsync(sidecar, former), await AskAsync(sidecar, current)));
        new SecretScan(former, current).Check(string.Join('\n', sidecar.Logs.Lines.Select(line => line.Text)));
    }

    [Fact]
    public async Task However_often_tokens_are_replaced_each_is_valid_until_the_end_that_was_announced()
    {
        await using var sidecar = await StartAsync(
            ("SIDECAR_TOKEN", null), ("SIDECAR_SHARED_DIR", _directory), ("SIDECAR_Access__TokenGrace", "10m"));
        var keeper = sidecar.Services.GetRequiredService<TokenKeeper>();
        List<string> tokens = [File.ReadAllText(TokenPath)];

        for (var i = 0; i < ClientBook.MostValid + 2; i++)
        {
            keeper.Rotate();
            tokens.Add(File.ReadAllText(TokenPath));
            sidecar.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        // The last two found no room: the token stays, which is better than to end one early.
        Assert.Equal(ClientBook.MostValid + 1, tokens.Distinct().Count());
        Assert.Contains(
            "16 former tokens are still valid, the oldest until 2026-01-01T00:10:00Z",
            sidecar.Logs.Lines.First(line => line.Event.Id == 604).Text,
            StringComparison.Ordinal);

        foreach (var token in tokens)
        {
            Assert.Equal(200, await AskAsync(sidecar, token));
        }

        sidecar.Clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(tokens.Count - 1));
        Assert.Equal((401, 200), (await AskAsync(sidecar, tokens[0]), await AskAsync(sidecar, tokens[1])));
        keeper.Rotate();
        Assert.NotEqual(tokens[^1], File.ReadAllText(TokenPath));
    }

    [Fact]
    public async Task A_configured_token_is_not_rotated()
    {
        await using var sidecar = await StartAsync(("SIDECAR_SHARED_DIR", _directory));
        sidecar.Services.GetRequiredService<TokenKeeper>().Rotate();
        Assert.Equal(Settings.Token, File.ReadAllText(TokenPath));
    }

    [Fact]
    public async Task A_directory_that_can_no_longer_be_written_keeps_the_token()
    {
        var gone = Directory.CreateDirectory(Path.Combine(_directory, "gone")).FullName;
        await using var sidecar = await StartAsync(("SIDECAR_TOKEN", null), ("SIDECAR_SHARED_DIR", gone));
        var token = File.ReadAllText(Path.Combine(_directory, "gone", "token"));
        Directory.Delete(Path.Combine(_directory, "gone"), recursive: true);

        sidecar.Services.GetRequiredService<TokenKeeper>().Rotate();

        Assert.Equal(200, await AskAsync(sidecar, token));
        Assert.Contains("keeps its token", Assert.Single(sidecar.Logs.Lines, line => line.Event.Id == 604).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task R12_A_token_file_is_read_again_when_it_changes_and_a_bad_one_is_told_once()
    {
        File.WriteAllText(TokenPath, First);
        await using var sidecar = await StartAsync(("SIDECAR_TOKEN", null), ("SIDECAR_TOKEN_FILE", TokenPath));

        File.WriteAllText(TokenPath, Second);
        await LookAsync(sidecar);
        Assert.Equal((200, 200), (await AskAsync(sidecar, First), await AskAsync(sidecar, Second)));

        File.WriteAllText(TokenPath, "short");
        await LookAsync(sidecar);
        await LookAsync(sidecar);
        Assert.Contains("has 5 characters", Assert.Single(sidecar.Logs.Lines, line => line.Event.Id == 604).Text, StringComparison.Ordinal);
        Assert.Equal((200, 401), (await AskAsync(sidecar, Second), await AskAsync(sidecar, "short")));

        File.Delete(TokenPath);
        await LookAsync(sidecar);
        Assert.Equal(200, await AskAsync(sidecar, Second));
    }

    [Fact]
    public async Task A_pipe_in_the_place_of_one_clients_file_keeps_no_other_client_from_a_new_token()
    {
        var (batch, shared) = (TokenPath + ".batch", Directory.CreateDirectory(Path.Combine(_directory, "shared")).FullName);
        File.WriteAllText(TokenPath, First);
        File.WriteAllText(batch, Second);
        await using var sidecar = await StartAsync(("SIDECAR_TOKEN", null),
            ("SIDECAR_Access__Clients__alpha__TokenFile", TokenPath), ("SIDECAR_Access__Clients__alpha__Destinations__0", "reports"),
            ("SIDECAR_Access__Clients__batch__TokenFile", batch), ("SIDECAR_Access__Clients__batch__Destinations__0", "reports"),
            ("SIDECAR_Access__Clients__web__SharedDirectory", shared), ("SIDECAR_Access__Clients__web__Destinations__0", "reports"));
        var web = File.ReadAllText(Path.Combine(shared, "token"));

        File.Delete(TokenPath);
        Fifo.Make(TokenPath);
        File.WriteAllText(batch, "third-" + Second);
        await Fifo.PromptlyAsync(TokenPath, async () =>
        {
            await LookAsync(sidecar);
            sidecar.Services.GetRequiredService<TokenKeeper>().Rotate();
            return true;
        });

        Assert.Equal((200, 200), (await AskAsync(sidecar, First), await AskAsync(sidecar, "third-" + Second)));
        Assert.NotEqual(web, File.ReadAllText(Path.Combine(shared, "token")));
        Assert.Contains(
            "Client alpha keeps its token: its file is \"",
            Assert.Single(sidecar.Logs.Lines, line => line.Event.Id == 604).Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_met_half_written_ends_no_token()
    {
        File.WriteAllText(TokenPath, First);
        await using var sidecar = await StartAsync(
            ("SIDECAR_TOKEN", null), ("SIDECAR_TOKEN_FILE", TokenPath), ("SIDECAR_Access__TokenGrace", "0s"));

        File.WriteAllText(TokenPath, Second + Second[..20]);
        await LookAsync(sidecar, times: 1);
        File.WriteAllText(TokenPath, Second + Second);
        await LookAsync(sidecar, times: 1);
        Assert.Equal((200, 401), (await AskAsync(sidecar, First), await AskAsync(sidecar, Second + Second[..20])));

        await LookAsync(sidecar, times: 1);
        Assert.Equal((401, 200), (await AskAsync(sidecar, First), await AskAsync(sidecar, Second + Second)));
    }

    [Fact]
    public async Task A_file_that_comes_to_hold_another_clients_token_is_not_believed()
    {
        File.WriteAllText(TokenPath, First);
        await using var sidecar = await StartAsync(
            ("SIDECAR_Access__Clients__web__TokenFile", TokenPath), ("SIDECAR_Access__Clients__web__Destinations__0", "reports"));

        File.WriteAllText(TokenPath, Settings.Token);
        await LookAsync(sidecar);

        Assert.Contains(
            "holds a token of client 'default'",
            Assert.Single(sidecar.Logs.Lines, line => line.Event.Id == 604).Text,
            StringComparison.Ordinal);
        Assert.Equal(200, await AskAsync(sidecar, First));
    }

    [Fact]
    public async Task A_file_that_comes_to_hold_another_clients_former_token_is_not_believed_either()
    {
        var batch = TokenPath + ".batch";
        File.WriteAllText(TokenPath, First);
        File.WriteAllText(batch, Second);
        await using var sidecar = await StartAsync(
            ("SIDECAR_Access__Clients__web__TokenFile", TokenPath), ("SIDECAR_Access__Clients__web__Destinations__0", "reports"),
            ("SIDECAR_Access__Clients__batch__TokenFile", batch), ("SIDECAR_Access__Clients__batch__Destinations__0", "reports"));

        File.WriteAllText(batch, "third-" + Second);
        await LookAsync(sidecar);
        File.WriteAllText(TokenPath, Second);
        await LookAsync(sidecar);

        Assert.Contains(
            "holds a token of client 'batch'",
            Assert.Single(sidecar.Logs.Lines, line => line.Event.Id == 604).Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_token_that_cannot_be_put_in_place_is_told_once()
    {
        File.WriteAllText(TokenPath, First);
        var shared = Directory.CreateDirectory(Path.Combine(_directory, "shared")).FullName;
        await using var sidecar = await StartAsync(
            ("SIDECAR_TOKEN", null), ("SIDECAR_TOKEN_FILE", TokenPath), ("SIDECAR_SHARED_DIR", shared));
        Directory.Delete(shared, recursive: true);

        File.WriteAllText(TokenPath, Second);
        await LookAsync(sidecar);
        await LookAsync(sidecar);

        Assert.Contains(
            "cannot be put into",
            Assert.Single(sidecar.Logs.Lines, line => line.Event.Id == 604).Text,
            StringComparison.Ordinal);
        Assert.Equal((200, 401), (await AskAsync(sidecar, First), await AskAsync(sidecar, Second)));
    }

    private static async Task<SidecarFixture> StartAsync(params IEnumerable<(string, string?)> changes)
    {
        var sidecar = await SidecarFixture.StartAsync(null, changes);
        await sidecar.SettleAsync();
        return sidecar;
    }

    // What a file holds is believed when it is found twice. The loop of the one destination waits too.
    private static async Task LookAsync(SidecarFixture sidecar, int times = 2)
    {
        for (var i = 0; i < times; i++)
        {
            await sidecar.Clock.AdvanceAsync(TimeSpan.FromSeconds(2), waiters: 2);
        }
    }

    private static async Task<int> AskAsync(SidecarFixture sidecar, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(sidecar.Endpoint, "/v1/credentials/reports"));
        request.Headers.TryAddWithoutValidation("Authorization", token);
        using var client = new HttpClient();
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return (int)answer.StatusCode;
    }
}
