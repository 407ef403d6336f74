using System.Net;
using CredentialSidecar.Access;
using CredentialSidecar.Chains;
using CredentialSidecar.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace CredentialSidecar.Tests.Access;

/// <summary>A rate limit that no SDK reaches, and a delay for clients that guess tokens.</summary>
public sealed class ThrottleTests : IDisposable
{
    private static readonly IPAddress Peer = IPAddress.Loopback;

    private readonly VirtualClock _clock = new();
    private readonly CollectedLogs _logs = new();
    private readonly Throttle _throttle;

    public ThrottleTests()
    {
        var wall = Settings.Load(("SIDECAR_Access__RequestsPerSecond", "100")).Wall;
        _throttle = new Throttle(wall, _clock, _logs.For<Throttle>());
    }

    public void Dispose() => _logs.Dispose();

    [Fact]
    public void R19_A_hundred_a_second_go_on_and_on_and_what_is_more_is_refused_as_503_until_a_moment_later()
    {
        for (var second = 0; second < 60; second++)
        {
            for (var i = 0; i < 100; i++)
            {
                _throttle.Admit(Peer, "web");
                _clock.Advance(TimeSpan.FromMilliseconds(10));
            }
        }

        Assert.Equal(200, CountAdmitted(300));
        Assert.Equal(503, CredentialSidecar.Endpoint.ContractError.Of(Refusal()).Status);

        _clock.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(50, CountAdmitted(300));
    }

    [Fact]
    public void One_peer_over_its_ceiling_starves_no_other()
    {
        CountAdmitted(1_000);
        _throttle.Admit(Peer, "batch");
        _throttle.Admit(Peer, null);
        _throttle.Admit(IPAddress.Parse("10.0.0.1"), "web");
    }

    [Fact]
    public void R19_A_peer_that_asks_more_than_once_a_second_for_half_a_minute_is_warned_of_once()
    {
        for (var i = 0; i < 120 * 2; i++)
        {
            _throttle.Admit(Peer, "web");
            _clock.Advance(TimeSpan.FromMilliseconds(500));
        }

        Assert.Contains("Client web at 127.0.0.1", Assert.Single(_logs.Lines, line => line.Event.Id == 605).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void R19_A_burst_when_a_task_starts_is_no_hammering()
    {
        for (var day = 0; day < 10; day++)
        {
            for (var i = 0; i < 90; i++)
            {
                _throttle.Admit(Peer, "web");
                _clock.Advance(TimeSpan.FromMilliseconds(100));
            }

            _clock.Advance(TimeSpan.FromMinutes(30));
        }

        Assert.DoesNotContain(_logs.Lines, line => line.Event.Id == 605);
    }

    [Fact]
    public async Task The_eleventh_rejection_waits_half_a_second_and_the_count_resets_after_a_minute()
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.True(DelayAsync(null).IsCompleted);
        }

        var late = DelayAsync(null);
        await _clock.UntilWaitingAsync();
        _clock.Advance(Throttle.Delay - TimeSpan.FromMilliseconds(1));
        Assert.False(late.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await late;
        Assert.Single(_logs.Lines, line => line.Event.Id == 606);

        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(DelayAsync(null).IsCompleted);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("anyone")]
    public async Task Of_a_thousand_unknown_clients_all_but_ten_wait(string? client)
    {
        var answers = Enumerable.Range(0, 1_000).Select(_ => DelayAsync(client)).ToArray();
        await _clock.UntilWaitingAsync(990);

        Assert.Equal(990, answers.Count(answer => !answer.IsCompleted));
        _clock.Advance(Throttle.Delay);
        await Task.WhenAll(answers);
    }

    [Fact]
    public void Rejections_of_a_client_with_a_right_token_never_wait()
    {
        for (var i = 0; i < 50; i++)
        {
            Assert.True(DelayAsync("web").IsCompleted);
        }
    }

    [Fact]
    public void All_of_loopback_is_one_peer()
    {
        Assert.Equal(200, CountAdmitted(300));

        foreach (var address in (string[])["127.0.0.2", "127.200.3.4", "::1", "::ffff:127.0.0.1", "::ffff:127.9.9.9"])
        {
            Assert.Throws<RejectedException>(() => _throttle.Admit(IPAddress.Parse(address), "web"));
        }
    }

    [Fact]
    public void A_client_that_keeps_changing_addresses_starves_no_other()
    {
        for (var i = 0; i < 1_024 + 200; i++)
        {
            _throttle.Admit(new IPAddress([10, 0, (byte)(i >> 8), (byte)i]), "batch");
        }

        Assert.Throws<RejectedException>(() => _throttle.Admit(IPAddress.Parse("10.1.0.1"), "batch"));
        _throttle.Admit(Peer, "web");
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
    public async Task A_guesser_is_still_delayed_when_there_are_many_guessers()
    {
        for (var i = 0; i < 11; i++)
        {
            _ = DelayAsync(null);
        }

        await _clock.UntilWaitingAsync();

        for (var i = 0; i < 1_100; i++)
        {
            _throttle.Admit(new IPAddress([10, 0, (byte)(i >> 8), (byte)i]), "web");
        }

        var late = DelayAsync(null);
        Assert.False(late.IsCompleted);
        _clock.Advance(Throttle.Delay);
        await late;
    }

    [Fact]
    public void Ten_thousand_addresses_take_no_more_memory_than_a_thousand()
    {
        for (var i = 0; i < 10_000; i++)
        {
            _throttle.Admit(new IPAddress([10, 0, (byte)(i >> 8), (byte)i]), null);
            _clock.Advance(TimeSpan.FromMilliseconds(20));
        }

        Assert.InRange(_throttle.Peers, 1, 1024);
        _clock.Advance(TimeSpan.FromMinutes(5));
        _throttle.Admit(Peer, "web");
        Assert.Equal(1, _throttle.Peers);
    }

    private Task DelayAsync(string? client) => _throttle.DelayAsync(Peer, client, CancellationToken.None).AsTask();

    private RejectedException Refusal() => Assert.Throws<RejectedException>(() => _throttle.Admit(Peer, "web"));

    private int CountAdmitted(int tries) => Enumerable.Range(0, tries).Count(_ =>
    {
        try
        {
            _throttle.Admit(Peer, "web");
            return true;
        }
        catch (RejectedException)
        {
            return false;
        }
    });
}
