using System.Net;
using CredentialSidecar.Access;
using CredentialSidecar.Chains;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Access;

/// <summary>Rejections are delayed after the tenth, so tokens cannot be guessed quickly.</summary>
public sealed class GuessDelayTests : ThrottleTest
{
    [Fact]
    public async Task The_eleventh_rejection_waits_half_a_second_and_the_count_resets_after_a_minute()
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.True(DelayAsync(null).IsCompleted);
        }

        var late = DelayAsync(null);
        await Clock.UntilWaitingAsync();
        Clock.Advance(Throttle.Delay - TimeSpan.FromMilliseconds(1));
        Assert.False(late.IsCompleted);
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        await late;
        Assert.Single(Logs.Lines, line => line.Event.Id == 606);

        Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(DelayAsync(null).IsCompleted);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("anyone")]
    public async Task Of_a_thousand_unknown_clients_all_but_ten_wait(string? client)
    {
        var answers = Enumerable.Range(0, 1_000).Select(_ => DelayAsync(client)).ToArray();
        await Clock.UntilWaitingAsync(990);

        Assert.Equal(990, answers.Count(answer => !answer.IsCompleted));
        Clock.Advance(Throttle.Delay);
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
    public async Task A_guesser_is_still_delayed_when_there_are_many_guessers()
    {
        for (var i = 0; i < 11; i++)
        {
            _ = DelayAsync(null);
        }

        await Clock.UntilWaitingAsync();

        for (var i = 0; i < 1_100; i++)
        {
            Throttle.Admit(new IPAddress([10, 0, (byte)(i >> 8), (byte)i]), "web");
        }

        var late = DelayAsync(null);
        Assert.False(late.IsCompleted);
        Clock.Advance(Throttle.Delay);
        await late;
    }

    private Task DelayAsync(string? client) => Throttle.DelayAsync(Peer, client, CancellationToken.None).AsTask();
}
