using System.Net;
using System.Text.Json.Nodes;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration;
using CredentialSidecar.Hosting;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Hosting;

/// <summary>Destinations without hops, at the start and at a reload.</summary>
public sealed class SourceReloadTests
{
    private static readonly (string, string?) DefaultChain = ("SIDECAR_Source__Kind", "Default");

    [Fact]
    public async Task One_is_added_adopted_and_removed()
    {
        using var file = new ReloadFile("reports");
        await using var sidecar = await SidecarFixture.StartReloadableAsync(file.Path);

        file.Set("task").With("Access", Clients("task")).Save();
        Assert.Equal(
            "Reloaded the configuration: added destination task; added client app; 1 destination keeps its session.",
            (await sidecar.ReloadAsync()).Text);
        await sidecar.SettleAsync();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(sidecar, "task"));
        var (node, session, reads) = (sidecar.Tree.Find("task")!.Node, sidecar.Tree.Find("task")!.Node.Latest, sidecar.Sts.SourceReads);

        file.Set("again").With("Access", Clients("task", "again")).Save();
        await sidecar.ReloadAsync();
        await sidecar.SettleAsync();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(sidecar, "again"));
        Assert.Same(node, sidecar.Tree.Find("task")!.Node);
        Assert.Same(node, sidecar.Tree.Find("again")!.Node);
        Assert.Equal((session, reads), (node.Latest, sidecar.Sts.SourceReads));

        file.Remove("task").Remove("again").With("Access", Clients("reports")).Save();
        await sidecar.ReloadAsync();
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(sidecar, "task"));
        await sidecar.AdvanceAsync(TimeSpan.FromSeconds(5));
        await Eventually.HoldsAsync(() => node.Latest is null, () => "The source's session was not erased.");
    }

    [Fact]
    public async Task A_destination_that_loses_its_hops_is_not_given_to_a_client_that_may_read_everything()
    {
        using var file = new ReloadFile("reports");
        await using var sidecar = await SidecarFixture.StartReloadableAsync(file.Path);

        file.Set("reports", roles: []).Save();
        await sidecar.ReloadAsync();
        await sidecar.SettleAsync();

        using var answer = await sidecar.Client.GetAsync(
            new Uri("/v1/credentials/reports", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task A_reload_is_rejected_where_the_source_has_keys_that_cannot_be_served()
    {
        using var file = new ReloadFile("reports");
        await using var sidecar = await SidecarFixture.StartReloadableAsync(file.Path, DefaultChain);
        sidecar.Sts.Source = read => read with { SessionToken = "", Expiration = DateTimeOffset.MaxValue };

        file.Set("task").With("Access", Clients("task")).Save();
        var result = await sidecar.ReloadAsync();

        Assert.StartsWith(
            "1 mistake, so the former configuration is still served:\n  Destinations:task:Hops in ", result.Text, StringComparison.Ordinal);
        Assert.Null(sidecar.Tree.Find("task"));
    }

    [Theory]
    [InlineData("", true, "a session token")]
    [InlineData("token", true, null)]
    [InlineData("token", false, "an expiration")]
    public async Task Keys_that_cannot_be_served_stop_the_start(string token, bool ends, string? lacking)
    {
        var sts = Sts(read => read with { SessionToken = token, Expiration = ends ? read.Expiration : DateTimeOffset.MaxValue });
        var settings = Settings.Load([.. SourceDestination.Listed, DefaultChain]);

        if (lacking is null)
        {
            await SourceCheck.RunAsync(sts, settings, CancellationToken.None);
            return;
        }

        var e = await Assert.ThrowsAsync<ConfigurationMistakesException>(() => SourceCheck.RunAsync(sts, settings, CancellationToken.None));
        Assert.Equal(
            $"SIDECAR_Destinations__task__Hops is empty, but the source has credentials without {lacking}, which cannot be served; "
            + "give the destination a hop, or use a source with temporary credentials, such as the task role or a web identity",
            Assert.Single(e.Mistakes).ToString());
    }

    [Fact]
    public async Task A_source_that_fails_does_not_stop_the_start()
    {
        var sts = Sts(read => read);
        sts.SourceFailsWhen = () => new CredentialException(CredentialFailure.SourceUnavailable, "Down.");
        await SourceCheck.RunAsync(sts, Settings.Load([.. SourceDestination.Listed, DefaultChain]), CancellationToken.None);
        Assert.Equal(1, sts.SourceReads);
    }

    [Fact]
    public async Task The_source_is_not_read_where_it_always_has_a_session_or_every_destination_has_hops()
    {
        var sts = Sts(read => read);
        await SourceCheck.RunAsync(sts, Settings.Load(SourceDestination.Listed), CancellationToken.None);
        await SourceCheck.RunAsync(sts, Settings.Load(DefaultChain), CancellationToken.None);
        Assert.Equal(0, sts.SourceReads);
    }

    private static ScriptedSts Sts(Func<TemporaryCredentials, TemporaryCredentials> source) => new(new VirtualClock()) { Source = source };

    private static JsonObject Clients(params string[] destinations) => new()
    {
        ["Clients"] = new JsonObject
        {
            ["app"] = new JsonObject
            {
                ["Token"] = SourceDestination.App,
                ["Destinations"] = new JsonArray([.. destinations.Select(name => JsonValue.Create(name))]),
            },
        },
    };

    private static async Task<HttpStatusCode> StatusAsync(SidecarFixture sidecar, string destination)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(sidecar.Endpoint, $"/v1/credentials/{destination}"));
        request.Headers.TryAddWithoutValidation("Authorization", SourceDestination.App);
        using var client = new HttpClient();
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
