namespace CredentialSidecar.Configuration;

/// <summary>Something an operator must change: under which key, and what to write instead.</summary>
internal sealed record Mistake(string Key, string Text)
{
    public override string ToString() => $"{Key} {Text}";
}

/// <summary>The configuration cannot be used; exit code 78.</summary>
internal sealed class ConfigurationMistakesException(IReadOnlyList<Mistake> mistakes)
    : Exception(string.Join(Environment.NewLine, mistakes))
{
    public IReadOnlyList<Mistake> Mistakes => mistakes;
}
