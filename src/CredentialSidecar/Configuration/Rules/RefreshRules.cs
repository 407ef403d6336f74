using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Configuration.Reading;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Configuration.Rules;

/// <summary>Checks times and shares, and that sessions live long enough for MinimumRemaining.</summary>
internal static class RefreshRules
{
    // Below this, a session would be renewed almost continuously.
    private static readonly TimeSpan LeastUse = TimeSpan.FromMinutes(4);

    public static RefreshSettings Find(SidecarOptions options, IEnumerable<DestinationSettings> destinations, Findings findings)
    {
        var refresh = options.Refresh;
        Between("Drain", options.Drain, TimeSpan.Zero, TimeSpan.FromSeconds(120));
        Between("Refresh:MinimumRemaining", refresh.MinimumRemaining, TimeSpan.FromMinutes(16), TimeSpan.FromMinutes(50));
        Between("Refresh:StartSpread", refresh.StartSpread, TimeSpan.Zero, TimeSpan.FromSeconds(60));
        Between("Health:NoClientAfter", options.Health.NoClientAfter, TimeSpan.Zero, TimeSpan.FromHours(24));
        findings.Require(refresh.RenewAtFraction is >= 0.1 and <= 0.9, "Refresh:RenewAtFraction",
            $"is {refresh.RenewAtFraction}; expected 0.1 to 0.9");
        findings.Require(refresh.MaxConcurrentCalls is >= 1 and <= 1000, "Refresh:MaxConcurrentCalls",
            $"is {refresh.MaxConcurrentCalls}; expected 1 to 1000");
        findings.Require(refresh.JitterFraction is >= 0 and <= 0.5, "Refresh:JitterFraction",
            $"is {refresh.JitterFraction}; expected 0 to 0.5");

        // Only the last hop's session is served; R1 is about that one.
        foreach (var destination in destinations.Where(d => d.Hops.Length > 0 && d.Hops.Length == options.Destinations[d.Name].Hops.Count))
        {
            CheckServed($"Destinations:{destination.Name}:Hops:{destination.Hops.Length - 1}:DurationSeconds",
                destination.Hops[^1].Duration, refresh, findings);
        }

        return RefreshSettings.Of(refresh);

        void Between(string path, TimeSpan value, TimeSpan least, TimeSpan most) => findings.Require(value >= least && value <= most, path,
            $"is {Durations.Format(value)}; expected {Durations.Format(least)} to {Durations.Format(most)}");
    }

    private static void CheckServed(string path, TimeSpan duration, RefreshOptions refresh, Findings findings)
    {
        const string Promise = "Refresh:MinimumRemaining";

        if (duration.TotalSeconds >= HopRules.ShortestSeconds && !findings.IsUnread(path) && !findings.IsUnread(Promise))
        {
            findings.Require(duration - refresh.MinimumRemaining >= LeastUse, Promise,
                $"is {Durations.Format(refresh.MinimumRemaining)}, but {findings.NameOf(path)} is {duration.TotalSeconds:0}; "
                + "a session must live at least 4 minutes longer than its minimum remaining time; lower one value or raise the other");
        }
    }
}
