namespace CredentialSidecar.Configuration.Reading;

/// <summary>A setting or a section of the merged layers, with its children.</summary>
/// <remarks>
/// Built once. The framework's configuration tree searches every path of every layer for each section, which takes seconds
/// with thousands of destinations.
/// </remarks>
/// <param name="path">Its keys from the root, divided by colons; empty for the root.</param>
internal sealed class ConfigurationNode(string path)
{
    private readonly SortedDictionary<string, ConfigurationNode> _children = new(ConfigurationKeys.Instance);

    public string Path => path;

    public string Key => path[(path.LastIndexOf(':') + 1)..];

    /// <summary>Null where it is a section, or was written as null.</summary>
    public string? Value { get; private set; }

    /// <summary>In the order of their keys, numbers as numbers.</summary>
    public IReadOnlyCollection<ConfigurationNode> Children => _children.Values;

    /// <summary>Sets what the path gives, whatever a layer before gave.</summary>
    public void Set(string path, string? value)
    {
        var (node, end) = (this, 0);

        foreach (var key in path.Split(':'))
        {
            end += key.Length;
            node = node.Child(key, path[..end]);
            end++;
        }

        node.Value = value;
    }

    /// <returns>Null where nothing was given.</returns>
    public string? ValueAt(string path)
    {
        var node = this;

        foreach (var key in path.Split(':'))
        {
            if (!node._children.TryGetValue(key, out node))
            {
                return null;
            }
        }

        return node.Value;
    }

    private ConfigurationNode Child(string key, string at)
    {
        if (!_children.TryGetValue(key, out var child))
        {
            _children[key] = child = new ConfigurationNode(at);
        }

        return child;
    }

    /// <summary>Numbers before names and by their value, names without regard to case.</summary>
    private sealed class ConfigurationKeys : IComparer<string>
    {
        public static readonly ConfigurationKeys Instance = new();

        public int Compare(string? x, string? y) => (Number(x), Number(y)) switch
        {
            ({ } a, { } b) when a != b => a.CompareTo(b),
            ({ }, null) => -1,
            (null, { }) => 1,
            _ => StringComparer.OrdinalIgnoreCase.Compare(x, y),
        };

        private static int? Number(string? key) =>
            int.TryParse(key, System.Globalization.NumberStyles.None, null, out var number) ? number : null;
    }
}
