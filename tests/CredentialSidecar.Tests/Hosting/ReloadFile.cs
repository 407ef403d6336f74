using System.Text.Json.Nodes;

namespace CredentialSidecar.Tests.Hosting;

/// <summary>A configuration file that a test rewrites.</summary>
internal sealed class ReloadFile : IDisposable
{
    public const string Account = "555566667777";

    private readonly JsonObject _root;

    public ReloadFile(params IEnumerable<string> destinations)
    {
        _root = new JsonObject { ["Destinations"] = new JsonObject() };

        foreach (var name in destinations)
        {
            Set(name, name);
        }

        Save();
    }

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"{Guid.NewGuid():n}.json");

    /// <summary>Adds or changes a destination whose last hop is a role of that name.</summary>
    public ReloadFile Set(string name, params IEnumerable<string> roles)
    {
        _root["Destinations"]![name] = new JsonObject { ["Hops"] = new JsonArray([.. roles.Select(Hop)]) };
        return this;
    }

    public ReloadFile Remove(string name)
    {
        _root["Destinations"]!.AsObject().Remove(name);
        return this;
    }

    /// <summary>Sets a section of the configuration.</summary>
    public ReloadFile With(string section, JsonNode? value)
    {
        _root[section] = value;
        return this;
    }

    public void Save() => Write(_root.ToJsonString());

    /// <summary>Replaces the file by a rename, as editors and deployments do.</summary>
    public void Write(string text)
    {
        File.WriteAllText($"{Path}.new", text);
        File.Move($"{Path}.new", Path, overwrite: true);
    }

    public void Dispose() => File.Delete(Path);

    public static string RoleOf(string name) => $"arn:aws:iam::{Account}:role/{name}";

    private static JsonObject Hop(string role) => new() { ["RoleArn"] = RoleOf(role) };
}
