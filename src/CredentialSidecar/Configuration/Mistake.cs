namespace CredentialSidecar.Configuration;

/// <summary>Something an operator must change: under which key, and what to write instead.</summary>
internal sealed record Mistake(string Key, string Text)
{
    public override string ToString() => $"{Key} {Text}";
}

/// <summary>Gathers all mistakes and warnings, so that one start shows every one of them.</summary>
internal sealed class Findings
{
    private readonly List<Mistake> _mistakes = [];
    private readonly List<Mistake> _warnings = [];

    public IReadOnlyList<Mistake> Mistakes => _mistakes;

    public IReadOnlyList<Mistake> Warnings => _warnings;

    public void Wrong(string key, string text) => _mistakes.Add(new Mistake(key, text));

    public void Require(bool holds, string key, string text)
    {
        if (!holds)
        {
            Wrong(key, text);
        }
    }

    public void Warn(string key, string text) => _warnings.Add(new Mistake(key, text));
}

/// <summary>The configuration cannot be used; exit code 78.</summary>
internal sealed class ConfigurationMistakesException(IReadOnlyList<Mistake> mistakes)
    : Exception(string.Join(Environment.NewLine, mistakes))
{
    public IReadOnlyList<Mistake> Mistakes => mistakes;
}
