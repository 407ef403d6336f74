using CredentialSidecar.Chains;
using CredentialSidecar.Refreshing;
using CredentialSidecar.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace CredentialSidecar.Tests.Refreshing;

/// <summary>What <c>renew</c> renews, and what it keeps.</summary>
public sealed class RenewalOnDemandTests
{
    private static readonly (string, string?)[] Two =
    [
        .. Settings.NoReports, .. Settings.Destination("a", Role("hub"), Role("a")), .. Settings.Destination("b", Role("hub"), Role("b")),
    ];

    [Fact]
    public async Task Every_hop_of_the_chain_is_renewed_once()
    {
        await using var sidecar = await StartAsync(Two);
        var before = sidecar.Tree.Find("a")!.Node.Latest;

        var renewed = await RunAsync(sidecar, null);

        Assert.Equal(["hub", "a", "b"],
            sidecar.Sts.Calls.Skip(3).Select(call => call.Hop.Role.Name).OrderByDescending(name => name.Length));
        Assert.All(renewed!, renewal => Assert.Null(renewal.Failure));
        Assert.NotSame(before, sidecar.Tree.Find("a")!.Node.Latest);
        Assert.Same(sidecar.Tree.Find("a")!.Node.Parent!.Latest!.Credentials, sidecar.Sts.Calls[^1].Signer);
    }

    [Fact]
    public async Task One_destination_is_renewed_alone()
    {
        await using var sidecar = await StartAsync(Two);

        Assert.Equal("b", Assert.Single((await RunAsync(sidecar, "b"))!).Destination.Name);
        Assert.Equal(["hub", "b"], sidecar.Sts.Calls.Skip(3).Select(call => call.Hop.Role.Name));
        Assert.Null(await RunAsync(sidecar, "c"));
    }

    [Fact]
    public async Task The_present_session_stays_where_the_renewal_fails()
    {
        await using var sidecar = await StartAsync(Two);
        var before = sidecar.Tree.Find("b")!.Node.Latest;
        sidecar.Sts.FailWhen = call => call.Hop.Role.Name == "b" ? new CredentialException(CredentialFailure.Denied, "Denied.") : null;

        var renewal = Assert.Single((await RunAsync(sidecar, "b"))!);

        Assert.Equal(CredentialFailure.Denied, renewal.Failure!.Failure);
        Assert.Same(before, sidecar.Tree.Find("b")!.Node.Latest);
        Assert.Contains(before!.Credentials.AccessKeyId,
            await sidecar.Client.GetStringAsync("/v1/credentials/b", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lazy_destination_that_no_client_requested_stays_idle()
    {
        await using var sidecar = await StartAsync([.. Two, ("SIDECAR_Destinations__a__Lazy", "true")]);

        Assert.Equal("b", Assert.Single((await RunAsync(sidecar, null))!).Destination.Name);
        Assert.DoesNotContain(sidecar.Sts.Calls, call => call.Hop.Role.Name == "a");
    }

    private static async Task<SidecarFixture> StartAsync(params (string, string?)[] changes)
    {
        var sidecar = await SidecarFixture.StartAsync(null, changes);
        await sidecar.SettleAsync();
        return sidecar;
    }

    private static Task<IReadOnlyList<Renewal>?> RunAsync(SidecarFixture sidecar, string? destination) =>
        sidecar.Services.GetRequiredService<RenewalOnDemand>().RunAsync(destination, CancellationToken.None);

    private static string Role(string name) => $"arn:aws:iam::555566667777:role/{name}";
}
