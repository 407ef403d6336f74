namespace CredentialSidecar.Configuration.Reading;

/// <summary>Settings from single variables, short or long.</summary>
internal sealed class VariablesLayer
{
    private readonly Dictionary<string, string?> _values = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _empty = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _names = new(StringComparer.OrdinalIgnoreCase);

    public VariablesLayer(ProcessEnvironment environment, Findings findings)
    {
        var hops = environment[ShortNames.RoleArn]?.Split(',', StringSplitOptions.TrimEntries) ?? [];

        foreach (var (variable, value) in ShortNames.Ours(environment))
        {
            if (Misspelt(variable) is { } meant)
            {
                findings.Wrong(variable, $"is not a setting{Nearest.Question([meant])}");
            }
            else if (!IsText(variable) || !IsText(value))
            {
                findings.Wrong(variable, "holds something that is not text");
            }
            else if (InQuotes.Is(value))
            {
                findings.Unread(variable, InQuotes.Problem);
                findings.Skip(ShortNames.Expand(variable, value, hops).Select(setting => setting.Path));
            }
            else if (HopForms.IsEmptyHops(LongPath(variable), value))
            {
                Add([(variable, LongPath(variable), value)], findings);
                _values[LongPath(variable)] = null;
                _empty.Add(LongPath(variable));
            }
            else if (HopForms.TagOf(LongPath(variable)) is { } tag)
            {
                AddTag(variable, value, tag.List, tag.Key, findings);
            }
            else
            {
                Add(ShortNames.Expand(variable, value, hops), findings);
            }
        }

        Layer = new ConfigurationLayer(null, _values) { Empty = _empty, Lists = _empty };
    }

    public ConfigurationLayer Layer { get; }

    /// <summary>The variable that gives a path, or that gives something below it.</summary>
    public string? NameOf(string path)
    {
        if (_names.TryGetValue(path, out var name))
        {
            return name;
        }

        var below = _names.Where(n => ConfigurationLayer.IsBelow(n.Key, path)).Select(n => n.Value).FirstOrDefault();
        return below is null ? null : ShortNames.All.Contains(below) ? below : ShortNames.VariableOf(path);
    }

    private void Add(IEnumerable<(string Name, string Path, string Value)> settings, Findings findings)
    {
        foreach (var (name, path, value) in settings)
        {
            findings.Require(!_values.ContainsKey(path), name,
                $"sets the same setting as {_names.GetValueOrDefault(path)}; keep one of them");
            (_values[path], _names[path]) = (value, name);
        }
    }

    // SIDECAR_…__Tags__team=x, which is what {"team": "x"} is in JSON.
    private void AddTag(string variable, string value, string list, string key, Findings findings)
    {
        var place =
            _values.Keys.Count(path => ConfigurationLayer.IsBelow(path, list) && path.EndsWith(":Key", StringComparison.OrdinalIgnoreCase));
        Add([(variable, $"{list}:{place}:Key", key), (variable, $"{list}:{place}:Value", value)], findings);
    }

    // The short names are case-sensitive, as variables are; the path in a long one is not, so SIDECAR_Drain is none of them.
    private static string? Misspelt(string variable) => ShortNames.All.FirstOrDefault(name =>
        name != variable && name.Equals(variable, StringComparison.OrdinalIgnoreCase)
        && (name is ShortNames.Config or ShortNames.ConfigFile || PathOf(name) != PathOf(variable)));

    private static string? PathOf(string variable) =>
        ShortNames.Expand(variable, "", []).Select(setting => setting.Path.ToUpperInvariant()).FirstOrDefault();

    private static string LongPath(string variable) => variable[ShortNames.Prefix.Length..].Replace("__", ":", StringComparison.Ordinal);

    // Half a surrogate pair cannot be written as UTF-8.
    private static bool IsText(string value)
    {
        foreach (var rune in value.EnumerateRunes())
        {
            if (rune == System.Text.Rune.ReplacementChar)
            {
                return false;
            }
        }

        return true;
    }
}
