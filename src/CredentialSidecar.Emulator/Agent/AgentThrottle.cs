using System.Collections.Concurrent;

namespace CredentialSidecar.Emulator.Agent;

/// <summary>The agent's limit: 40 requests a second with bursts of 60, for each remote address and path.</summary>
internal sealed class AgentThrottle(TimeProvider clock)
{
    private const double PerSecond = 40;
    private const double Burst = 60;

    // Paths are the client's choice, so the number of buckets needs an end.
    private const int MostBuckets = 10_000;

    private readonly ConcurrentDictionary<string, Bucket> _buckets = new();

    public bool Admits(string remoteAddress, string path)
    {
        if (_buckets.Count > MostBuckets)
        {
            _buckets.Clear();
        }

        var now = clock.GetTimestamp();
        return _buckets.GetOrAdd($"{remoteAddress} {path}", _ => new Bucket(now)).TryTake(clock, now);
    }

    private sealed class Bucket(long created)
    {
        private readonly Lock _gate = new();
        private double _tokens = Burst;
        private long _filled = created;

        public bool TryTake(TimeProvider clock, long now)
        {
            lock (_gate)
            {
                _tokens = Math.Min(Burst, _tokens + PerSecond * clock.GetElapsedTime(_filled, now).TotalSeconds);
                _filled = now;
                if (_tokens < 1)
                {
                    return false;
                }

                _tokens--;
                return true;
            }
        }
    }
}
