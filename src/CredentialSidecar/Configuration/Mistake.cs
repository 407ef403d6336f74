namespace CredentialSidecar.Configuration;

/// <summary>A configuration mistake: the key to change, and what to write.</summary>
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
