using CredentialSidecar.Configuration;

namespace CredentialSidecar.Health;

/// <summary>The served configuration, and why a newer one is not served, for <c>/status</c>.</summary>
internal sealed class ConfigurationState(TimeProvider clock)
{
    private ConfigurationStatus _status = new(clock.GetUtcNow(), 0, [], []);

    public ConfigurationStatus Read() => Volatile.Read(ref _status);

    /// <summary>Records that a new configuration is served.</summary>
    /// <param name="needRestart">Keys whose new values need a new process.</param>
    public void Applied(IReadOnlyList<string> needRestart) =>
        Volatile.Write(ref _status, new ConfigurationStatus(clock.GetUtcNow(), Read().Reloads + 1, needRestart, []));

    /// <summary>Records that the configuration equals the served one, except for keys that need a restart.</summary>
    /// <returns>Whether this is new.</returns>
    public bool Unchanged(IReadOnlyList<string> needRestart)
    {
        var former = Read();
        Volatile.Write(ref _status, former with { NeedRestart = needRestart, Mistakes = [] });
        return former.Mistakes.Count > 0 || !former.NeedRestart.SequenceEqual(needRestart);
    }

    /// <summary>Records that a configuration has mistakes; the former one is still served.</summary>
    /// <returns>Whether this is new.</returns>
    public bool Rejected(IReadOnlyList<Mistake> mistakes)
    {
        var (former, texts) = (Read(), mistakes.Select(mistake => mistake.ToString()).ToArray());
        Volatile.Write(ref _status, former with { Mistakes = texts });
        return !former.Mistakes.SequenceEqual(texts);
    }
}

/// <param name="Loaded">When the configuration that is served was loaded.</param>
/// <param name="Reloads">How many times the configuration was replaced since the start.</param>
/// <param name="NeedRestart">Keys whose new values take effect only in a new process.</param>
/// <param name="Mistakes">Why the current configuration is not served; empty once it is correct.</param>
internal sealed record ConfigurationStatus(
    DateTimeOffset Loaded, int Reloads, IReadOnlyList<string> NeedRestart, IReadOnlyList<string> Mistakes);
