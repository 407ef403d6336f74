using CredentialSidecar.Caching;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Endpoint;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Caching;

/// <summary>Which destinations share a node, and which never do.</summary>
public sealed class SessionTreeTests
{
    private const string First = "arn:aws:iam::222233334444:role/hub";
    private const string Second = "arn:aws:iam::555566667777:role/reports";

    [Fact]
    public async Task Destinations_with_a_common_beginning_share_its_nodes()
    {
        await using var sidecar = await StartAsync(
            Settings.Destination("hub", First), Settings.Destination("a", First, Role("a")), Settings.Destination("b", First, Role("b")));

        Assert.Equal(3, sidecar.Tree.Nodes.Count);
        Assert.Same(sidecar.Tree.Find("hub")!.Node, sidecar.Tree.Find("a")!.Node.Parent);
        Assert.Single(sidecar.Sts.Calls, call => call.Hop.Role.Name == "hub");
        Assert.Equal(3, sidecar.Sts.Calls.Count);
    }

    [Fact]
    public async Task Two_tenants_with_different_external_ids_never_meet()
    {
        await using var sidecar = await StartAsync(
            Settings.Destination("one", Second), [("SIDECAR_Destinations__one__Hops__0__ExternalId", "tenant-one")],
            Settings.Destination("two", Second), [("SIDECAR_Destinations__two__Hops__0__ExternalId", "tenant-two")]);

        Assert.Equal(["tenant-one", "tenant-two"], sidecar.Sts.Calls.Select(call => call.Hop.ExternalId).Order());
        Assert.NotEqual(await BodyOf(sidecar, "one"), await BodyOf(sidecar, "two"));
    }

    [Fact]
    public async Task The_same_last_hop_behind_different_first_hops_is_two_nodes()
    {
        await using var sidecar = await StartAsync(Settings.Destination("direct", Second), Settings.Destination("through", First, Second));

        Assert.Equal(3, sidecar.Tree.Nodes.Count);
        Assert.NotEqual(await BodyOf(sidecar, "direct"), await BodyOf(sidecar, "through"));
    }

    [Fact]
    public async Task Each_hop_is_signed_by_the_one_before_and_the_first_by_the_source()
    {
        await using var sidecar = await StartAsync(Settings.Destination("through", First, Second));

        Assert.Equal("ASIASOURCE", sidecar.Sts.Calls[0].Signer.AccessKeyId);
        Assert.Equal(First, sidecar.Sts.Calls[1].Signer.RoleArn);
        Assert.Equal(Second, sidecar.Tree.Default!.Node.Latest!.Credentials.RoleArn);
    }

    [Fact]
    public async Task Destinations_with_the_very_same_chain_cost_one_call()
    {
        await using var sidecar = await StartAsync(Settings.Destination("a", Second), Settings.Destination("b", Second));
        await sidecar.AdvanceAsync(TimeSpan.FromHours(4));

        Assert.Same(sidecar.Tree.Find("a")!.Node, sidecar.Tree.Find("b")!.Node);
        Assert.InRange(sidecar.Sts.Calls.Count, 8, 10);
    }

    [Fact]
    public void Names_that_are_not_configured_are_not_found()
    {
        var clock = new VirtualClock();
        var sts = new ScriptedSts(clock);
        var builder = new TreeBuilder(sts, sts, ContractDocument.Of, new(RefreshSettings.Default, () => 0), clock);
        var tree = builder.Build(Settings.Load().Chains(TaskIdentity.Unknown));

        Assert.NotNull(tree.Find("reports"));
        Assert.Null(tree.Find("Reports"));
        Assert.Null(tree.Find(""));
    }

    private static async Task<string> BodyOf(SidecarFixture sidecar, string destination) =>
        await sidecar.Client.GetStringAsync($"/v1/credentials/{destination}");

    private static string Role(string name) => $"arn:aws:iam::555566667777:role/{name}";

    private static async Task<SidecarFixture> StartAsync(params IEnumerable<IEnumerable<(string, string?)>> destinations)
    {
        var sidecar = await SidecarFixture.StartAsync(null, [.. Settings.NoReports, .. destinations.SelectMany(d => d)]);
        await sidecar.SettleAsync();
        return sidecar;
    }
}
