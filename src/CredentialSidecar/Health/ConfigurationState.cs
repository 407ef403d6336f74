using CredentialSidecar.Configuration;

namespace CredentialSidecar.Health;

/// <summary>Which configuration is served, and why a newer one is not, for <c>/status</c>.</summary>
internal sealed class ConfigurationState(TimeProvider clock)
{
    private ConfigurationStatus _status = new(clock.GetUtcNow(), 0, [], []);

    public ConfigurationStatus Read() => Volatile.Read(ref _status);

    /// <summary>A configuration was loaded, and is served now.</summary>
    /// <param name="needRestart">Keys whose new values need a new process.</param>
    public void Applied(IReadOnlyList<string> needRestart) =>
        Volatile.Write(ref _status, new ConfigurationStatus(clock.GetUtcNow(), Read().Reloads + 1, needRestart, []));

    /// <summary>The configuration is the one that is served, but for what needs a restart.</summary>
    /// <returns>Whether this is new.</returns>
    public bool Unchanged(IReadOnlyList<string> needRestart)
    {
        var former = Read();
        Volatile.Write(ref _status, former with { NeedRestart = needRestart, Mistakes = [] });
        return former.Mistakes.Count > 0 || !former.NeedRestart.SequenceEqual(needRestart);
    }

    /// <summary>A configuration is wrong; the former one is still served.</summary>
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
/// <param name="Mistakes">Why the present configuration is not served; empty once it is mended.</param>
internal sealed record ConfigurationStatus(
    DateTimeOffset Loaded, int Reloads, IReadOnlyList<string> NeedRestart, IReadOnlyList<string> Mistakes);
