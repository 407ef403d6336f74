using CredentialSidecar.Sources;
using Xunit;

namespace CredentialSidecar.Tests.Sources;

public sealed class CallTimesTests
{
    private static readonly TimeSpan Configured = TimeSpan.FromSeconds(3);

    private readonly CallTimes _times = new(Configured);

    [Fact]
    public void The_limit_doubles_up_to_four_times_in_the_region_that_was_slow()
    {
        Assert.Equal([3, 6, 12, 12], Enumerable.Range(0, 4).Select(_ =>
        {
            var limit = _times.For("eu-central-1");
            _times.Exceeded("eu-central-1", limit);
            return (int)limit.TotalSeconds;
        }));
        Assert.Equal(Configured, _times.For("us-east-1"));
    }

    [Theory]
    [InlineData(2.9, 3)]
    [InlineData(3.5, 6)]
    public void An_answer_that_the_configured_limit_allows_restores_it(double seconds, int limit)
    {
        _times.Exceeded("eu-central-1", Configured);
        _times.Answered("eu-central-1", TimeSpan.FromSeconds(seconds));
        Assert.Equal(limit, _times.For("eu-central-1").TotalSeconds);
    }
}
