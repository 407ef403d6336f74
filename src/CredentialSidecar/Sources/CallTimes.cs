using System.Collections.Concurrent;

namespace CredentialSidecar.Sources;

/// <summary>
/// The time limit for one call to STS, by region. A call that times out doubles the limit, up to four
/// times the configured limit, so that calls over a slow network succeed in the end.
/// </summary>
/// <param name="configured">The initial limit, <c>Sts:Timeout</c>.</param>
internal sealed class CallTimes(TimeSpan configured)
{
    public const int MostTimes = 4;

    private readonly ConcurrentDictionary<string, TimeSpan> _grown = new(StringComparer.Ordinal);

    public TimeSpan For(string region) => _grown.GetValueOrDefault(region, configured);

    /// <summary>No answer came within <paramref name="limit"/>.</summary>
    public void Exceeded(string region, TimeSpan limit) =>
        _grown[region] = TimeSpan.FromTicks(Math.Min(limit.Ticks * 2, configured.Ticks * MostTimes));

    /// <summary>Records the duration of an answered call. An answer within the configured limit restores that limit.</summary>
    public void Answered(string region, TimeSpan elapsed)
    {
        if (elapsed < configured)
        {
            _grown.TryRemove(region, out _);
        }
    }
}
