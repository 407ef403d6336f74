namespace CredentialSidecar.Launcher.Plan;

/// <summary>An environment as the kernel hands it over: a list of entries, in order, perhaps with a name twice.</summary>
/// <remarks>Each char is one byte, so values in any encoding pass through unharmed.</remarks>
internal sealed class Variables(IEnumerable<string> entries)
{
    private readonly List<string> _entries = [.. entries];

    public IReadOnlyList<string> Entries => _entries;

    /// <summary>The first entry of that name, as getenv reads it; null where it is not set.</summary>
    public string? this[string name] => _entries.Find(entry => IsNamed(entry, name))?[(name.Length + 1)..];

    public bool Contains(string entry) => _entries.Contains(entry);

    public Variables Copy() => new(_entries);

    public void Set(string name, string value)
    {
        var at = _entries.FindIndex(entry => IsNamed(entry, name));
        Remove(name);
        _entries.Insert(at < 0 ? _entries.Count : at, name + "=" + value);
    }

    /// <summary>Removes every entry of that name: what is second to one reader is first to another.</summary>
    public void Remove(string name) => _entries.RemoveAll(entry => IsNamed(entry, name));

    private static bool IsNamed(string entry, string name) =>
        entry.Length > name.Length && entry[name.Length] == '=' && entry.StartsWith(name, StringComparison.Ordinal);
}
