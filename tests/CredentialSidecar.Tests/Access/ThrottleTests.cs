using System.Net;
using CredentialSidecar.Access;
using CredentialSidecar.Chains;
using CredentialSidecar.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace CredentialSidecar.Tests.Access;

/// <summary>A rate limit that no SDK reaches, and a delay for clients that guess tokens.</summary>
public sealed class ThrottleTests : ThrottleTest
{
    [Fact]
    public void R19_A_hundred_a_second_go_on_and_on_and_what_is_more_is_refused_as_503_until_a_moment_later()
    {
        for (var second = 0; second < 60; second++)
        {
            for (var i = 0; i < 100; i++)
            {
                Throttle.Admit(Peer, "web");
                Clock.Advance(TimeSpan.FromMilliseconds(10));
            }
        }

        Assert.Equal(200, CountAdmitted(300));
        Assert.Equal(503, CredentialSidecar.Endpoint.ContractError.Of(Refusal()).Status);

        Clock.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(50, CountAdmitted(300));
    }

    [Fact]
    public void One_peer_over_its_ceiling_starves_no_other()
    {
        CountAdmitted(1_000);
        Throttle.Admit(Peer, "batch");
        Throttle.Admit(Peer, null);
        Throttle.Admit(IPAddress.Parse("10.0.0.1"), "web");
    }

    [Fact]
    public void R19_A_peer_that_asks_more_than_once_a_second_for_half_a_minute_is_warned_of_once()
    {
        for (var i = 0; i < 120 * 2; i++)
        {
            Throttle.Admit(Peer, "web");
            Clock.Advance(TimeSpan.FromMilliseconds(500));
        }

        Assert.Contains("Client web at 127.0.0.1", Assert.Single(Logs.Lines, line => line.Event.Id == 605).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void R19_A_burst_when_a_task_starts_is_no_hammering()
    {
        for (var day = 0; day < 10; day++)
        {
            for (var i = 0; i < 90; i++)
            {
                Throttle.Admit(Peer, "web");
                Clock.Advance(TimeSpan.FromMilliseconds(100));
            }

            Clock.Advance(TimeSpan.FromMinutes(30));
        }

        Assert.DoesNotContain(Logs.Lines, line => line.Event.Id == 605);
    }

    [Fact]
    public void All_of_loopback_is_one_peer()
    {
        Assert.Equal(200, CountAdmitted(300));

        foreach (var address in (string[])["127.0.0.2", "127.200.3.4", "::1", "::ffff:127.0.0.1", "::ffff:127.9.9.9"])
        {
            Assert.Throws<RejectedException>(() => Throttle.Admit(IPAddress.Parse(address), "web"));
        }
    }

    [Fact]
    public void A_client_that_keeps_changing_addresses_starves_no_other()
    {
        for (var i = 0; i < 1_024 + 200; i++)
        {
            Throttle.Admit(new IPAddress([10, 0, (byte)(i >> 8), (byte)i]), "batch");
        }

        Assert.Throws<RejectedException>(() => Throttle.Admit(IPAddress.Parse("10.1.0.1"), "batch"));
        Throttle.Admit(Peer, "web");
    }

    [Fact]
    public async Task Clients_without_a_token_share_a_ceiling_of_their_own()
    {
        await using var sidecar = await SidecarFixture.StartAsync();
        await sidecar.SettleAsync();
        var throttle = sidecar.Services.GetRequiredService<Throttle>();

        for (var i = 0; i < 2_000; i++)
        {
            throttle.Admit(Peer, null);
        }

        using var stranger = new HttpClient();
        var uri = new Uri(sidecar.Endpoint, "/v1/credentials/reports");
        using var refused = await stranger.GetAsync(uri, TestContext.Current.CancellationToken);
        using var served = await sidecar.Client.GetAsync("/v1/credentials/reports", TestContext.Current.CancellationToken);
        Assert.Equal((503, 200), ((int)refused.StatusCode, (int)served.StatusCode));
    }

    [Fact]
    public void Ten_thousand_addresses_take_no_more_memory_than_a_thousand()
    {
        for (var i = 0; i < 10_000; i++)
        {
            Throttle.Admit(new IPAddress([10, 0, (byte)(i >> 8), (byte)i]), null);
            Clock.Advance(TimeSpan.FromMilliseconds(20));
        }

        Assert.InRange(Throttle.Peers, 1, 1024);
        Clock.Advance(TimeSpan.FromMinutes(5));
        Throttle.Admit(Peer, "web");
        Assert.Equal(1, Throttle.Peers);
    }

    private RejectedException Refusal() => Assert.Throws<RejectedException>(() => Throttle.Admit(Peer, "web"));

    private int CountAdmitted(int tries) => Enumerable.Range(0, tries).Count(_ =>
    {
        try
        {
            Throttle.Admit(Peer, "web");
            return true;
        }
        catch (RejectedException)
        {
            return false;
        }
    });
}
