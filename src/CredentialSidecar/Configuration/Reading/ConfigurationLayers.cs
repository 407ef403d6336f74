using System.Text;

namespace CredentialSidecar.Configuration.Reading;

/// <summary>The three sources of settings; later ones take precedence: a JSON file, <c>SIDECAR_CONFIG</c>, other variables.</summary>
/// <remarks>Separate from the host's configuration, which contains the whole environment and cannot be read strictly.</remarks>
internal sealed class ConfigurationLayers
{
    public const int LargestFile = 1024 * 1024;

    private readonly List<ConfigurationLayer> _layers = [];
    private readonly VariablesLayer _variables;

    public ConfigurationLayers(ProcessEnvironment environment, string? file, Findings findings)
    {
        AddFile(file ?? environment[ShortNames.ConfigFile], file is null ? ShortNames.ConfigFile : "--config", findings);

        InQuotes.Refuse(environment, findings);

        if (environment[ShortNames.Config] is { } json && InQuotes.Is(json))
        {
            findings.UnreadSource(ShortNames.Config, InQuotes.Problem);
        }
        else if (environment[ShortNames.Config] is { } document)
        {
            Add(new JsonLayer(ShortNames.Config, findings).Read(document));
        }

        // One that begins with SIDECAR_ is a mistake of its own.
        findings.SimilarTo = missing => environment.All.Select(variable => variable.Key).FirstOrDefault(name =>
            !name.StartsWith(ShortNames.Prefix, StringComparison.OrdinalIgnoreCase)
                && name != missing
                && Nearest.Between(name, missing) < 3) is { } similar
            ? $"; {similar} is set; did you mean {missing}?" : "";
        ServiceLinks.Report(environment, findings);
        _variables = new VariablesLayer(environment, findings);
        Add(_variables.Layer);
        RefuseMerging(findings);
        findings.NameOf = NameOf;
    }

    /// <summary>Merges the layers. The result is not kept, because only the names of keys are needed after the start.</summary>
    public ConfigurationNode Merge()
    {
        var root = new ConfigurationNode("");

        foreach (var (path, value) in _layers.SelectMany(layer => layer.Values))
        {
            root.Set(path, value);
        }

        return root;
    }

    /// <summary>The key as the operator wrote it, or would write it: a variable's name, or a path and its source.</summary>
    public string NameOf(string path)
    {
        for (var (held, end) = (path, path.Length); end > 0; end = held.LastIndexOf(':'))
        {
            held = path[..end];

            // A value or a list takes precedence over keys below it elsewhere: SIDECAR_TOKEN with "Access": "x".
            if ((_layers.FindLast(layer => layer.Values.GetValueOrDefault(held) is not null || (held == path && layer.Lists.Contains(held)))
                ?? _layers.FindLast(layer => layer.Holds(held))) is { } holder)
            {
                return holder.Name is { } place ? $"{holder.Spellings.GetValueOrDefault(path, path)} in {place}"
                    : held == path ? _variables.NameOf(path) ?? path
                    : ShortNames.VariableOf(path);
            }
        }

        return path.Length > 0 ? path : _variables.NameOf(path) ?? path;
    }

    /// <summary>Whether a list was written there.</summary>
    public bool IsList(string path) => _layers.Exists(layer => layer.Lists.Contains(path));

    /// <summary>Whether a variable gives a value to this very path.</summary>
    public bool IsVariable(string path) => _variables.Layer.Values.ContainsKey(path);

    /// <summary>Whether an empty list or object was written there.</summary>
    public bool IsEmpty(string path) => _layers.FindLast(layer => layer.Holds(path))?.Empty.Contains(path) == true;

    /// <summary>The paths that were written at or below one, and whether as a variable.</summary>
    public (IReadOnlyList<string> Paths, bool AsVariable) Written(string path) => _variables.Layer.Holds(path)
        ? ([.. _variables.Layer.Values.Keys.Where(key =>
            key.Equals(path, StringComparison.OrdinalIgnoreCase) || ConfigurationLayer.IsBelow(key, path))],
            true)
        : ([path], false);

    private void AddFile(string? path, string key, Findings findings)
    {
        if (path is null)
        {
            return;
        }

        if (InQuotes.Is(path))
        {
            findings.UnreadSource(key, InQuotes.Problem);
        }
        else if (path.TrimStart() is ['{', ..])
        {
            // Not shown: the document may hold a token.
            findings.UnreadSource(key, $"contains JSON; expected the path of a file. Put JSON into {ShortNames.Config}");
        }
        else
        {
            Add(Read(path, key, findings));
        }
    }

    private static ConfigurationLayer? Read(string path, string key, Findings findings)
    {
        var content = SmallFile.Read(path, LargestFile);

        if (content.Bytes is null)
        {
            findings.UnreadSource(key,
                $"is {Shown.Quoted(path)}, which {content.Problem}; {content.Remedy("give the path of a JSON file")}");
            return null;
        }

        findings.Doubt(key, content);
        using var text = new StreamReader(new MemoryStream(content.Bytes), Encoding.UTF8);
        return new JsonLayer(path, findings).Read(text.ReadToEnd());
    }

    private void Add(ConfigurationLayer? layer)
    {
        if (layer is not null)
        {
            _layers.Add(layer);
        }
    }

    // Merged hops would be an unintended role chain, and merged addresses an unintended listener.
    private void RefuseMerging(Findings findings)
    {
        var names = _layers.SelectMany(layer => layer.ChildrenOf("Destinations")).Distinct(StringComparer.OrdinalIgnoreCase);

        foreach (var path in names.Select(name => $"Destinations:{name}").Append("Listen:Addresses").Append("Listen:Tls:Addresses"))
        {
            var places = _layers.Where(layer => layer.Holds(path)).Select(layer => layer.Name ?? _variables.NameOf(path)).ToArray();
            findings.Require(places.Length < 2, path, $"is given by {string.Join(" and by ", places)}; these are not merged, so keep one");
        }
    }
}
