using CredentialSidecar.Access;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Access;

/// <summary>How clients, addresses and unknown clients share the places.</summary>
public sealed class ConnectionShareTests : ConnectionBudgetTest
{
    [Fact]
    public async Task A_connection_whose_request_is_still_to_be_read_stays_while_another_can_leave()
    {
        var unread = Make(received: () => 200);
        Assert.True(await Budget.AdmitAsync(unread, CancellationToken.None));
        Clock.Advance(Budget.FairChance);
        await AdmitAsync(Open - 1);
        await AdmitAsync(1);
        Assert.NotSame(unread, Assert.Single(Closed));

        // A rejection that waits to be answered has no such claim.
        unread.Begin();
        await AdmitAsync(1);
        Assert.Same(unread, Closed[^1]);
    }

    [Fact]
    public async Task Half_requests_hold_no_place_against_newcomers()
    {
        var halves = Enumerable.Range(0, Open).Select(_ => Make(received: () => 12)).ToArray();

        foreach (var half in halves)
        {
            Assert.True(await Budget.AdmitAsync(half, CancellationToken.None));
            Clock.Advance(Budget.FairChance);
        }

        await AdmitAsync(1);
        Assert.Same(halves[0], Assert.Single(Closed));
    }

    [Fact]
    public async Task The_address_that_has_the_most_strangers_loses_one_of_them()
    {
        var kubelet = Make("10.0.0.1");
        Assert.True(await Budget.AdmitAsync(kubelet, CancellationToken.None));
        await AdmitAsync(Open - 1, "127.0.0.5");

        for (var i = 0; i < 20; i++)
        {
            await AdmitAsync(1, $"127.0.0.{i + 1}");
            Budget.Release(Closed[^1]);
        }

        Assert.DoesNotContain(kubelet, Closed);
    }

    [Fact]
    public async Task A_client_is_never_closed_for_a_stranger()
    {
        var clients = await AdmitAsync(3);
        clients.ForEach(guest => Assert.True(Budget.Recognize(guest, "web")));
        await AdmitAsync(Open - 3);

        for (var i = 0; i < 20; i++)
        {
            await AdmitAsync(1);
            Budget.Release(Closed[^1]);
        }

        Assert.Empty(Closed.Intersect(clients));
    }

    [Fact]
    public async Task Clients_have_three_quarters_of_the_places_and_each_its_share()
    {
        var web = await AdmitAsync(7);
        Assert.True(web[..6].TrueForAll(guest => Budget.Recognize(guest, "web")));
        web.ForEach(guest => guest.Begin());

        // Twelve places for two clients, and all of the first one's are at work.
        Assert.False(Budget.Recognize(web[6], "web"));

        // An idle connection of the same client makes room; other clients' connections stay.
        web[1].End(Clock.GetTimestamp());
        Assert.True(Budget.Recognize(web[6], "web"));
        Assert.Same(web[1], Assert.Single(Closed));

        var batch = await AdmitAsync(6);
        Assert.True(batch.TrueForAll(guest => Budget.Recognize(guest, "batch")));
        Assert.Single(Closed);
    }

    [Fact]
    public async Task A_stranger_that_sends_nothing_for_five_seconds_is_closed()
    {
        var (silent, slow, busy, client) = (Make(), Make(received: () => 12), Make(), Make());
        Guest[] all = [silent, slow, busy, client];

        foreach (var guest in all)
        {
            Assert.True(await Budget.AdmitAsync(guest, CancellationToken.None));
        }

        busy.Begin();
        Assert.True(Budget.Recognize(client, "web"));

        Clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Empty(Closed);
        Clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal([silent], Closed);

        // Half a request has its own limit, and then this one again.
        Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal([silent, slow], Closed);

        busy.End(Clock.GetTimestamp());
        Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal([silent, slow, busy], Closed);
        Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(3, Closed.Count);
    }

    [Fact]
    public async Task Nothing_is_left_of_connections_that_are_gone()
    {
        var guests = await AdmitAsync(Open);
        Budget.Recognize(guests[0], "web");
        Clock.Advance(TimeSpan.FromSeconds(5));
        guests.ForEach(Budget.Release);

        Assert.Equal(0, Budget.Count);
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(Clock.NextDue);
        await AdmitAsync(Open);
        Assert.Equal(Open, Budget.Count);
    }

    [Fact]
    public async Task Twenty_thousand_chances_lose_no_place()
    {
        var random = new Random(20261126);
        var open = new List<Guest>();

        for (var i = 0; i < 20_000; i++)
        {
            if (open.Count < Most - 1 && random.Next(2) == 0)
            {
                open.AddRange(await AdmitAsync(1));
            }
            else if (open.Count > 0)
            {
                var guest = open[random.Next(open.Count)];
                Action next = random.Next(3) switch
                {
                    0 => () => Leave(guest),
                    1 => () => Budget.Recognize(guest, random.Next(2) == 0 ? "web" : "batch"),
                    _ => () => Clock.Advance(TimeSpan.FromSeconds(1)),
                };
                next();
            }
        }

        open.ForEach(Budget.Release);
        Assert.Equal(0, Budget.Count);

        void Leave(Guest guest)
        {
            open.Remove(guest);
            Budget.Release(guest);
        }
    }
}
