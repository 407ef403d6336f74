using CredentialSidecar.Launcher.Waiting;
using Xunit;

namespace CredentialSidecar.Tests.Launcher;

/// <summary>Waiting on a clock moved by the waiting itself.</summary>
public sealed class PatienceTests
{
    private readonly List<string> _told = [];
    private readonly List<long> _asked = [];
    private long _now = 5000;

    [Fact]
    public void Ready_at_once_waits_for_nothing()
    {
        Assert.Equal(0, Wait(30_000, 200).ExitCode);
        Assert.Equal([0], _asked);
    }

    [Theory]
    [InlineData(401, 77)]
    [InlineData(400, 78)]
    [InlineData(404, 78)]
    public void R9_What_does_not_heal_ends_at_once(int status, int exitCode)
    {
        Assert.Equal(exitCode, Wait(30_000, 503, 503, status, 200).ExitCode);
        Assert.Equal(3, _asked.Count);
    }

    [Fact]
    public void Questions_come_quickly_first_and_once_a_second_later_and_the_last_one_at_the_bound()
    {
        Assert.Equal(75, Wait(4000, 503).ExitCode);
        Assert.Equal([0, 100, 300, 700, 1500, 2500, 3500, 4000], _asked);
    }

    [Fact]
    public void A_denial_is_given_time_and_then_told_as_one()
    {
        Assert.Equal(0, Wait(30_000, 403, 403, 200).ExitCode);
        Assert.Equal(77, Wait(1000, 403).ExitCode);
    }

    [Fact]
    public void A_long_wait_says_why_once_for_each_reason()
    {
        Wait(30_000, 503, 503, 503, 503, 503, 503, 503, 403, 403, 200);

        Assert.Equal(["status 503", "status 403"], _told);
    }

    // The last status stays.
    private Verdict Wait(int bound, params int[] statuses)
    {
        var started = _now;
        _asked.Clear();

        return new Patience(bound, () => _now, milliseconds => _now += milliseconds, _told.Add).Wait(() =>
        {
            _asked.Add(_now - started);
            var status = statuses[Math.Min(_asked.Count, statuses.Length) - 1];
            return Verdict.Of(HttpAnswer.Parse($"HTTP/1.1 {status} X\r\n\r\n{(status == 200 ? "{\"AccessKeyId\":\"A\"}" : "")}"));
        });
    }
}
