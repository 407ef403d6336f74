using CredentialSidecar.Access;
using CredentialSidecar.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace CredentialSidecar.Tests.Access;

/// <summary>Token files are read again when they change, and a bad file ends no token.</summary>
public sealed class TokenFileKeeperTests : TokenKeeperTest
{
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
        var (batch, shared) = (TokenPath + ".batch", Directory.CreateDirectory(Path.Combine(Folder, "shared")).FullName);
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
        var shared = Directory.CreateDirectory(Path.Combine(Folder, "shared")).FullName;
        await using var sidecar = await StartAsync(
            ("SIDECAR_TOKEN", null), ("SIDECAR_TOKEN_FILE", TokenPath), ("SIDECAR_SHARED_DIR", shared));
        Directory.Delete(shared, recursive: true);

        File.WriteAllText(TokenPath, Second);
        await LookAsync(sidecar);
        await LookAsync(sidecar);

        Assert.Contains(
            "cannot be written to",
            Assert.Single(sidecar.Logs.Lines, line => line.Event.Id == 604).Text,
            StringComparison.Ordinal);
        Assert.Equal((200, 401), (await AskAsync(sidecar, First), await AskAsync(sidecar, Second)));
    }

    // What a file holds is believed when it is found twice. The loop of the one destination waits too.
    private static async Task LookAsync(SidecarFixture sidecar, int times = 2)
    {
        for (var i = 0; i < times; i++)
        {
            await sidecar.Clock.AdvanceAsync(TimeSpan.FromSeconds(2), waiters: 2);
        }
    }
}
