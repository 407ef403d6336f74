namespace CredentialSidecar.Configuration;

/// <summary>One place that settings come from, as flat paths; <c>{}</c>, <c>[]</c> and <c>null</c> are a path without a value.</summary>
/// <param name="Name">The file's path or <c>SIDECAR_CONFIG</c>; null for single variables.</param>
internal sealed record ConfigurationLayer(string? Name, IReadOnlyDictionary<string, string?> Values)
{
    /// <summary>Paths that were written in another way, and how.</summary>
    public IReadOnlyDictionary<string, string> Spellings { get; init; } = new Dictionary<string, string>();

    /// <summary>Paths of an empty list or object.</summary>
    public IReadOnlySet<string> Empty { get; init; } = new HashSet<string>();

    /// <summary>Paths where a list was written.</summary>
    public IReadOnlySet<string> Lists { get; init; } = new HashSet<string>();

    /// <summary>Whether it holds the path or something below it.</summary>
    public bool Holds(string path) => Values.ContainsKey(path) || Values.Keys.Any(key => IsBelow(key, path));

    /// <summary>The names directly below a path.</summary>
    public IEnumerable<string> ChildrenOf(string path) => Values.Keys
        .Where(key => IsBelow(key, path))
        .Select(key => key[(path.Length + 1)..].Split(':')[0])
        .Distinct(StringComparer.OrdinalIgnoreCase);

    public static bool IsBelow(string key, string path) =>
        key.Length > path.Length && key[path.Length] == ':' && key.StartsWith(path, StringComparison.OrdinalIgnoreCase);
}
