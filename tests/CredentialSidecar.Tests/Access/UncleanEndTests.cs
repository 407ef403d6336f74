using CredentialSidecar.Access;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace CredentialSidecar.Tests.Access;

/// <summary>Decides about a generated token when the sidecar is started again.</summary>
/// <remarks>A token is replaced if another process may have listened on the sidecar's port meanwhile.</remarks>
public sealed class UncleanEndTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("ended-").FullName;

    private string Marker => Path.Combine(_directory, EndMarker.Name);

    private string Written => File.ReadAllText(Path.Combine(_directory, "token"));

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Token_is_replaced_after_an_end_that_left_no_mark()
    {
        var former = Install().Token!;
        var client = Assert.Single(Install().Clients);

        Assert.NotEqual(former, client.Token);
        Assert.Equal((former, Written), (client.Distrusted, client.Token));
    }

    [Fact]
    public void Token_is_kept_when_a_supervisor_held_the_ports()
    {
        var former = Install().Token;

        Assert.Equal((former, null), (Install(isRestart: true).Token, Install(isRestart: true).Clients[0].Distrusted));
    }

    [Fact]
    public void Token_is_kept_after_an_orderly_end_and_the_mark_is_good_for_one_start()
    {
        var former = Install().Token!;
        EndMarker.Write(_directory, former);

        Assert.Equal(former, Install().Token);
        Assert.False(File.Exists(Marker));
        Assert.NotEqual(former, Install().Token);
    }

    [Fact]
    public void Mark_of_another_token_means_nothing()
    {
        var former = Install().Token!;
        EndMarker.Write(_directory, new string('b', 64));
        Assert.NotEqual(former, Install().Token);
    }

    [Fact]
    public void Mark_that_is_a_link_means_nothing()
    {
        var former = Install().Token!;
        EndMarker.Write(_directory, former);
        File.Move(Marker, Marker + "-elsewhere");
        File.CreateSymbolicLink(Marker, Marker + "-elsewhere");
        Assert.NotEqual(former, Install().Token);
    }

    [Fact]
    public void Mark_does_not_hold_the_token()
    {
        EndMarker.Write(_directory, Install().Token!);
        new SecretScan(Written).Check(File.ReadAllText(Marker));
    }

    [Fact]
    public void KeepTokens_keeps_a_token_after_every_end()
    {
        var former = Install().Token;
        Assert.Equal(former, Settings.Install(Load(("SIDECAR_Access__KeepTokens", "true")), "/nowhere").Token);
    }

    [Fact]
    public async Task Former_token_is_rejected_at_once_and_named_for_what_it_is()
    {
        var former = Install().Token!;
        await using var sidecar = await StartAsync();

        var book = sidecar.Services.GetRequiredService<ClientBook>();
        var rejected = Assert.Throws<RejectedException>(() => book.Identify(former));
        Assert.Equal(RejectionReason.Unauthorized, rejected.Reason);
        Assert.Contains("does not accept this authorization token, because another process may have collected it",
            rejected.Message, StringComparison.Ordinal);
        Assert.Equal("default", book.Identify(Written));

        // No step of the clock and no rotation brings it back.
        sidecar.Services.GetRequiredService<TokenKeeper>().Rotate();
        Assert.Throws<RejectedException>(() => book.Identify(former));
    }

    [Fact]
    public async Task Orderly_end_marks_the_token_of_now_and_not_the_one_of_the_start()
    {
        await using var sidecar = await StartAsync();
        var keeper = sidecar.Services.GetRequiredService<TokenKeeper>();
        keeper.Rotate();
        keeper.MarkEnded();
        Assert.True(EndMarker.IsThere(_directory, Written));
    }

    [Fact]
    public async Task Orderly_end_does_not_vouch_for_a_token_that_somebody_else_put_there()
    {
        await using var sidecar = await StartAsync();
        SharedDirectory.Put(_directory, new string('c', 64));
        sidecar.Services.GetRequiredService<TokenKeeper>().MarkEnded();
        Assert.False(File.Exists(Marker));
    }

    private Task<SidecarFixture> StartAsync() =>
        SidecarFixture.StartAsync(null, ("SIDECAR_TOKEN", null), ("SIDECAR_SHARED_DIR", _directory));

    private SidecarSettings Load(params IEnumerable<(string, string?)> changes) =>
        Settings.Load([("SIDECAR_TOKEN", null), ("SIDECAR_SHARED_DIR", _directory), .. changes]);

    private SidecarSettings Install(bool isRestart = false) => Settings.Install(Load(), "/nowhere", isRestart);
}
