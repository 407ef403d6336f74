namespace CredentialSidecar.Configuration.Reading;

/// <summary>One source of settings, as flat paths; <c>{}</c>, <c>[]</c> and <c>null</c> are paths without a value.</summary>
/// <param name="name">The file's path or <c>SIDECAR_CONFIG</c>; null for single variables.</param>
internal sealed class ConfigurationLayer(string? name, IReadOnlyDictionary<string, string?> values)
{
    // Every path and every section above one, with the names directly below it.
    private readonly Dictionary<string, List<string>> _below = Sections(values.Keys);

    public string? Name => name;

    public IReadOnlyDictionary<string, string?> Values => values;

    /// <summary>Paths that were written in another way, and how.</summary>
    public IReadOnlyDictionary<string, string> Spellings { get; init; } = new Dictionary<string, string>();

    /// <summary>Paths of an empty list or object.</summary>
    public IReadOnlySet<string> Empty { get; init; } = new HashSet<string>();

    /// <summary>Paths where a list was written.</summary>
    public IReadOnlySet<string> Lists { get; init; } = new HashSet<string>();

    /// <summary>Whether it holds the path or something below it.</summary>
    public bool Holds(string path) => _below.ContainsKey(path);

    /// <summary>The names directly below a path.</summary>
    public IReadOnlyList<string> ChildrenOf(string path) => _below.GetValueOrDefault(path) ?? [];

    public static bool IsBelow(string key, string path) =>
        key.Length > path.Length && key[path.Length] == ':' && key.StartsWith(path, StringComparison.OrdinalIgnoreCase);

    private static Dictionary<string, List<string>> Sections(IEnumerable<string> paths)
    {
        var sections = new Dictionary<string, List<string>>(StringComparer.OrdinalIgnoreCase);

        foreach (var path in paths)
        {
            Add(path);
        }

        return sections;

        void Add(string section)
        {
            if (sections.TryAdd(section, []) && section.LastIndexOf(':') is >= 0 and var colon)
            {
                Add(section[..colon]);
                sections[section[..colon]].Add(section[(colon + 1)..]);
            }
        }
    }
}
