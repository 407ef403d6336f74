using System.Net;
using CredentialSidecar.Access;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Access;

/// <summary>Who gets a place, and who has to leave for whom.</summary>
public sealed class ConnectionBudgetTests : IDisposable
{
    // Seven eighths of them may be open, three quarters may be clients'.
    private const int Most = 16, Open = 14;

    private readonly VirtualClock _clock = new();
    private readonly List<Guest> _closed = [];
    private readonly ConnectionBudget _budget;

    public ConnectionBudgetTests() => _budget = new ConnectionBudget(Most, clients: 2, _clock);

    public void Dispose() => _budget.Dispose();

    [Fact]
    public async Task The_oldest_stranger_leaves_for_a_newcomer()
    {
        var strangers = await AdmitAsync(Open);
        Assert.Empty(_closed);
        await AdmitAsync(2);

        Assert.Equal(strangers[..2], _closed);
        Assert.Equal(Most, _budget.Count);
    }

    [Fact]
    public async Task Nobody_has_to_leave_before_a_request_could_be_read()
    {
        Assert.True(await _budget.AdmitAsync(Make(), CancellationToken.None));
        _clock.Advance(_budget.FairChance / 2);

        for (var i = 1; i < Open; i++)
        {
            Assert.True(await _budget.AdmitAsync(Make(), CancellationToken.None));
        }

        var newcomer = _budget.AdmitAsync(Make(), CancellationToken.None).AsTask();
        Assert.False(newcomer.IsCompleted);
        _clock.Advance(_budget.FairChance);
        Assert.True(await newcomer);
        Assert.Single(_closed);
    }

    [Fact]
    public async Task One_that_waits_for_its_rejection_leaves_before_all_others()
    {
        await AdmitAsync(Open - 1);
        var guesser = Make();
        Assert.True(await _budget.AdmitAsync(guesser, CancellationToken.None));
        _budget.Distrust(guesser);
        _clock.Advance(_budget.FairChance);
        Assert.True(_budget.AdmitAsync(Make(), CancellationToken.None).AsTask().IsCompletedSuccessfully);
        Assert.Equal([guesser], _closed);

        // Told twice, and released afterwards, it counts once.
        _budget.Distrust(guesser);
        _budget.Release(guesser);
        Assert.Equal(Open, _budget.Count);
    }

    [Fact]
    public async Task A_guesser_that_came_just_now_shields_no_silent_connection()
    {
        var silent = await AdmitAsync(Open - 1);
        _clock.Advance(_budget.FairChance * 2);
        var guesser = Make();
        Assert.True(await _budget.AdmitAsync(guesser, CancellationToken.None));
        _budget.Distrust(guesser);

        Assert.True(_budget.AdmitAsync(Make(), CancellationToken.None).AsTask().IsCompletedSuccessfully);
        Assert.Equal([silent[0]], _closed);
    }

    [Fact]
    public async Task At_the_end_all_strangers_without_a_request_are_closed_and_no_client()
    {
        var connections = await AdmitAsync(3);
        _budget.Recognize(connections[0], "web");
        connections[1].Begin();
        _budget.Distrust(connections[2]);
        _budget.CloseStrangers();
        Assert.Equal([connections[2]], _closed);
    }

    [Fact]
    public async Task A_connection_that_is_closed_counts_until_it_is_gone()
    {
        var strangers = await AdmitAsync(Most);
        var first = _budget.AdmitAsync(Make(), CancellationToken.None).AsTask();
        var second = _budget.AdmitAsync(Make(), CancellationToken.None).AsTask();
        Assert.False(first.IsCompleted);

        _budget.Release(strangers[0]);
        Assert.True(await first);
        Assert.Equal(Most, _budget.Count);

        // A connection that never ends does not block others forever.
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(await second);
    }

    [Fact]
    public async Task A_connection_whose_request_is_still_to_be_read_stays_while_another_can_leave()
    {
        var unread = Make(received: () => 200);
        Assert.True(await _budget.AdmitAsync(unread, CancellationToken.None));
        _clock.Advance(_budget.FairChance);
        await AdmitAsync(Open - 1);
        await AdmitAsync(1);
        Assert.NotSame(unread, Assert.Single(_closed));

        // A rejection that waits to be answered has no such claim.
        unread.Begin();
        await AdmitAsync(1);
        Assert.Same(unread, _closed[^1]);
    }

    [Fact]
    public async Task Half_requests_hold_no_place_against_newcomers()
    {
        var halves = Enumerable.Range(0, Open).Select(_ => Make(received: () => 12)).ToArray();

        foreach (var half in halves)
        {
            Assert.True(await _budget.AdmitAsync(half, CancellationToken.None));
            _clock.Advance(_budget.FairChance);
        }

        await AdmitAsync(1);
        Assert.Same(halves[0], Assert.Single(_closed));
    }

    [Fact]
    public async Task The_address_that_has_the_most_strangers_loses_one_of_them()
    {
        var kubelet = Make("10.0.0.1");
        Assert.True(await _budget.AdmitAsync(kubelet, CancellationToken.None));
        await AdmitAsync(Open - 1, "127.0.0.5");

        for (var i = 0; i < 20; i++)
        {
            await AdmitAsync(1, $"127.0.0.{i + 1}");
            _budget.Release(_closed[^1]);
        }

        Assert.DoesNotContain(kubelet, _closed);
    }

    [Fact]
    public async Task A_client_is_never_closed_for_a_stranger()
    {
        var clients = await AdmitAsync(3);
        clients.ForEach(guest => Assert.True(_budget.Recognize(guest, "web")));
        await AdmitAsync(Open - 3);

        for (var i = 0; i < 20; i++)
        {
            await AdmitAsync(1);
            _budget.Release(_closed[^1]);
        }

        Assert.Empty(_closed.Intersect(clients));
    }

    [Fact]
    public async Task Clients_have_three_quarters_of_the_places_and_each_its_share()
    {
        var web = await AdmitAsync(7);
        Assert.True(web[..6].TrueForAll(guest => _budget.Recognize(guest, "web")));
        web.ForEach(guest => guest.Begin());

        // Twelve places for two clients, and all of the first one's are at work.
        Assert.False(_budget.Recognize(web[6], "web"));

        // An idle connection of the same client makes room; other clients' connections stay.
        web[1].End(_clock.GetTimestamp());
        Assert.True(_budget.Recognize(web[6], "web"));
        Assert.Same(web[1], Assert.Single(_closed));

        var batch = await AdmitAsync(6);
        Assert.True(batch.TrueForAll(guest => _budget.Recognize(guest, "batch")));
        Assert.Single(_closed);
    }

    [Fact]
    public async Task A_stranger_that_sends_nothing_for_five_seconds_is_closed()
    {
        var (silent, slow, busy, client) = (Make(), Make(received: () => 12), Make(), Make());
        Guest[] all = [silent, slow, busy, client];

        foreach (var guest in all)
        {
            Assert.True(await _budget.AdmitAsync(guest, CancellationToken.None));
        }

        busy.Begin();
        Assert.True(_budget.Recognize(client, "web"));

        _clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Empty(_closed);
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal([silent], _closed);

        // Half a request has its own limit, and then this one again.
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal([silent, slow], _closed);

        busy.End(_clock.GetTimestamp());
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal([silent, slow, busy], _closed);
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(3, _closed.Count);
    }

    [Fact]
    public async Task Nothing_is_left_of_connections_that_are_gone()
    {
        var guests = await AdmitAsync(Open);
        _budget.Recognize(guests[0], "web");
        _clock.Advance(TimeSpan.FromSeconds(5));
        guests.ForEach(_budget.Release);

        Assert.Equal(0, _budget.Count);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(_clock.NextDue);
        await AdmitAsync(Open);
        Assert.Equal(Open, _budget.Count);
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
                    1 => () => _budget.Recognize(guest, random.Next(2) == 0 ? "web" : "batch"),
                    _ => () => _clock.Advance(TimeSpan.FromSeconds(1)),
                };
                next();
            }
        }

        open.ForEach(_budget.Release);
        Assert.Equal(0, _budget.Count);

        void Leave(Guest guest)
        {
            open.Remove(guest);
            _budget.Release(guest);
        }
    }

    private async Task<List<Guest>> AdmitAsync(int count, string address = "127.0.0.1")
    {
        var guests = Enumerable.Range(0, count).Select(_ => Make(address)).ToList();

        foreach (var guest in guests)
        {
            Assert.True(await _budget.AdmitAsync(guest, CancellationToken.None));
            _clock.Advance(_budget.FairChance);
        }

        return guests;
    }

    private Guest Make(string address = "127.0.0.1", Func<long>? received = null)
    {
        Guest guest = null!;
        return guest = new Guest(IPAddress.Parse(address), () => _closed.Add(guest), received ?? (() => 0));
    }
}
