using System.Text;
using System.Text.Json;

namespace CredentialSidecar.Configuration;

/// <summary>The three places a setting may stand in, later ones winning: a JSON file, <c>SIDECAR_CONFIG</c>, other variables.</summary>
/// <remarks>Kept apart from the host's configuration, which holds the whole environment and so could not be read strictly.</remarks>
internal sealed class ConfigurationLayers : IDisposable
{
    private readonly ConfigurationManager _configuration = new();
    private readonly List<(string Name, IConfigurationProvider Provider)> _layers = [];
    private readonly Dictionary<string, string> _variables = new(StringComparer.OrdinalIgnoreCase);

    public ConfigurationLayers(ProcessEnvironment environment, string? file, Findings findings)
    {
        AddFile(file ?? environment[ShortNames.ConfigFile], file is null ? ShortNames.ConfigFile : "--config", findings);
        AddJson(ShortNames.Config, environment[ShortNames.Config], findings);
        AddVariables(environment, findings);
        RefuseSharedDestinations(findings);
    }

    public IConfiguration Root => _configuration;

    public void Dispose() => _configuration.Dispose();

    /// <summary>The key as the operator wrote it: a variable's name, or a path and the place it stands in.</summary>
    public string NameOf(string path)
    {
        if (_variables.TryGetValue(path, out var variable))
        {
            return variable;
        }

        var holder = _layers.LastOrDefault(layer => layer.Provider.TryGet(path, out _) || layer.Provider.GetChildKeys([], path).Any());
        return holder.Name is null or "" ? path : $"{path} in {holder.Name}";
    }

    private void AddFile(string? path, string key, Findings findings)
    {
        try
        {
            AddJson(path ?? "", path is null ? null : File.ReadAllText(path), findings);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            findings.Wrong(key, $"is '{path}', which cannot be read: {e.Message}");
        }
    }

    private void AddJson(string name, string? json, Findings findings)
    {
        if (json is null)
        {
            return;
        }

        try
        {
            _configuration.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json)));
            _layers.Add((name, ((IConfigurationRoot)_configuration).Providers.Last()));
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            // The parser's own text can quote the document; where it stopped cannot.
            var where = (e as JsonException ?? e.InnerException as JsonException) is { LineNumber: { } line } at
                ? $"is no valid JSON at line {line + 1}, byte {at.BytePositionInLine + 1}"
                : $"cannot be read: {e.Message}";
            findings.Wrong(name, where);
        }
    }

    private void AddVariables(ProcessEnvironment environment, Findings findings)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);

        foreach (var (variable, path, value) in ShortNames.Expand(environment).OrderBy(v => v.Variable, StringComparer.Ordinal))
        {
            findings.Require(!values.ContainsKey(path), variable, $"sets what {_variables.GetValueOrDefault(path)} sets too; keep one of them");
            values[path] = value;
            _variables[path] = variable;
        }

        _configuration.AddInMemoryCollection(values);
        _layers.Add(("", ((IConfigurationRoot)_configuration).Providers.Last()));
    }

    // Merged hops would be a role chain that nobody wrote.
    private void RefuseSharedDestinations(Findings findings)
    {
        var twice =
            from layer in _layers
            from name in layer.Provider.GetChildKeys([], "Destinations").Distinct(StringComparer.OrdinalIgnoreCase)
            group layer.Name is "" ? "environment variables" : layer.Name by name.ToUpperInvariant() into places
            where places.Count() > 1
            select places;

        foreach (var places in twice)
        {
            findings.Wrong(
                $"Destinations:{places.Key.ToLowerInvariant()}",
                $"is given by {string.Join(" and by ", places)}; a destination is never merged, so keep one");
        }
    }
}
