using CredentialSidecar.Caching;

namespace CredentialSidecar.Health;

/// <summary>What a probe is told: whether every required destination was live once, or is live now.</summary>
internal sealed class Readiness(CurrentTree tree, ReadyLatch latch, TimeProvider clock)
{
    private const string All = "Every required destination ";
    private const string Some = "Waiting for ";

    /// <summary>Whether an answer comes from a sidecar that is ready.</summary>
    public static bool IsReady(int status, string line) => status == 200 && line.StartsWith(All, StringComparison.Ordinal);

    /// <summary>Whether an answer comes from a sidecar that is not ready.</summary>
    public static bool IsWaiting(int status, string line) => status == 503 && line.StartsWith(Some, StringComparison.Ordinal);

    /// <param name="everLive">Ask whether each destination was live once, as <c>/healthz</c> does, instead of live now.</param>
    public (bool IsReady, string Text) Read(bool everLive)
    {
        var waiting = Waiting(everLive);
        return waiting is []
            ? (true, $"{All}{(everLive ? "had a session once" : "has a live session")}.")
            : (false, $"{Some}{string.Join(", ", waiting)}. See /status and the log.");
    }

    private string[] Waiting(bool everLive)
    {
        var now = clock.GetUtcNow();

        // A destination that a reload adds must not make the task unhealthy.
        return everLive && latch.IsSet ? [] :
        [
            .. tree().Destinations.Where(d => !d.Lazy && !(everLive ? d.Node.Latest is not null : d.Node.Latest?.IsLive(now) == true))
                .Select(d => d.Name)
                .Order(StringComparer.Ordinal),
        ];
    }
}
