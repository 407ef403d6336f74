using CredentialSidecar.Chains;
using CredentialSidecar.Sources;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Sources;

public sealed class CoalescedSourceTests
{
    private readonly VirtualClock _clock = new();
    private int _reads;

    [Fact]
    public async Task The_source_is_read_afresh_after_a_minute_and_not_before()
    {
        var source = Source();

        for (var i = 0; i < 59; i++)
        {
            await source.ReadAsync(CancellationToken.None);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(1, _reads);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("ASIA2", (await source.ReadAsync(CancellationToken.None)).AccessKeyId);
    }

    [Fact]
    public async Task Many_readers_cost_one_read_and_one_that_leaves_ends_nothing()
    {
        var hold = new TaskCompletionSource();
        var source = Source(hold.Task);
        using var leaving = new CancellationTokenSource();
        var first = source.ReadAsync(leaving.Token);
        var others = Enumerable.Range(0, 50).Select(_ => source.ReadAsync(CancellationToken.None)).ToArray();

        await leaving.CancelAsync();
        hold.SetResult();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.All(await Task.WhenAll(others), read => Assert.Equal("ASIA1", read.AccessKeyId));
        Assert.Equal(1, _reads);
    }

    [Fact]
    public async Task What_STS_did_not_accept_is_not_given_again()
    {
        var source = Source();
        source.Distrust(await source.ReadAsync(CancellationToken.None), since: _clock.GetUtcNow());
        Assert.Equal("ASIA2", (await source.ReadAsync(CancellationToken.None)).AccessKeyId);
    }

    private CoalescedSource Source(Task? hold = null) => new(async _ =>
    {
        await (hold ?? Task.CompletedTask);
        var now = _clock.GetUtcNow();
        return new TemporaryCredentials($"ASIA{++_reads}", "s", "t", null, now, now.AddHours(6));
    }, _clock);
}
