using System.Collections.Concurrent;

namespace CredentialSidecar.Sources;

/// <summary>
/// How long one call to STS may take, by region. An attempt without an answer in time doubles the limit, up to four
/// times the configured one, so that a slow path succeeds in the end.
/// </summary>
/// <param name="configured">The limit to begin with, <c>Sts:Timeout</c>.</param>
internal sealed class CallTimes(TimeSpan configured)
{
    public const int MostTimes = 4;

    private readonly ConcurrentDictionary<string, TimeSpan> _grown = new(StringComparer.Ordinal);

    public TimeSpan For(string region) => _grown.GetValueOrDefault(region, configured);

    /// <summary>No answer came within <paramref name="limit"/>.</summary>
    public void Exceeded(string region, TimeSpan limit) => _grown[region] = TimeSpan.FromTicks(Math.Min(limit.Ticks * 2, configured.Ticks * MostTimes));

    /// <summary>An answer took that long. An answer within the configured limit restores that limit.</summary>
    public void Answered(string region, TimeSpan elapsed)
    {
        if (elapsed < configured)
        {
            _grown.TryRemove(region, out _);
        }
    }
}
