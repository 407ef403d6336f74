using CredentialSidecar.Access;
using CredentialSidecar.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace CredentialSidecar.Tests.Access;

/// <summary>New tokens while siblings go on.</summary>
public sealed class TokenKeeperTests : TokenKeeperTest
{
    [Fact]
    public async Task A_rotation_replaces_a_generated_token_and_the_former_one_stays_valid_for_the_grace_time()
    {
        await using var sidecar = await StartAsync(
            ("SIDECAR_TOKEN", null), ("SIDECAR_SHARED_DIR", Folder), ("SIDECAR_Access__TokenGrace", "10m"));
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
            ("SIDECAR_TOKEN", null), ("SIDECAR_SHARED_DIR", Folder), ("SIDECAR_Access__TokenGrace", "10m"));
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
        await using var sidecar = await StartAsync(("SIDECAR_SHARED_DIR", Folder));
        sidecar.Services.GetRequiredService<TokenKeeper>().Rotate();
        Assert.Equal(Settings.Token, File.ReadAllText(TokenPath));
    }

    [Fact]
    public async Task A_directory_that_can_no_longer_be_written_keeps_the_token()
    {
        var gone = Directory.CreateDirectory(Path.Combine(Folder, "gone")).FullName;
        await using var sidecar = await StartAsync(("SIDECAR_TOKEN", null), ("SIDECAR_SHARED_DIR", gone));
        var token = File.ReadAllText(Path.Combine(Folder, "gone", "token"));
        Directory.Delete(Path.Combine(Folder, "gone"), recursive: true);

        sidecar.Services.GetRequiredService<TokenKeeper>().Rotate();

        Assert.Equal(200, await AskAsync(sidecar, token));
        Assert.Contains("keeps its token", Assert.Single(sidecar.Logs.Lines, line => line.Event.Id == 604).Text, StringComparison.Ordinal);
    }
}
