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

    /// <exception cref="ConfigurationMistakesException">There are mistakes.</exception>
    public static void ThrowIfAny(IEnumerable<Mistake> mistakes)
    {
        Mistake[] all = [.. mistakes];

        if (all.Length > 0)
        {
            throw new ConfigurationMistakesException(all);
        }
    }
}
