using System.Text.Json;
using System.Text.Json.Nodes;

namespace CredentialSidecar.Conformance.Compatibility;

/// <summary>Where a test puts what it saw: into the file that <c>make compatibility</c> names, or beside what the document says.</summary>
internal static class Results
{
    /// <summary>Names a file for lines of JSON. Without it a cell that differs from the document fails its test.</summary>
    public const string Variable = "CREDENTIAL_SIDECAR_COMPATIBILITY";

    /// <summary>The mode of this program in which it writes such a file into the document.</summary>
    public const string WriteMode = "write-compatibility";

    private static readonly Lock Gate = new();
    private static readonly Lazy<CompatibilityTable> Committed =
        new(() => CompatibilityTable.Read(File.ReadAllText(CompatibilityTable.Document)));

    /// <summary>Whether this run writes what it saw, and compares nothing.</summary>
    public static bool IsWritten => ResultsFile is { Length: > 0 };

    private static string? ResultsFile => Environment.GetEnvironmentVariable(Variable);

    public static async Task SawAsync(Client client, Column column, string seen, string details = "")
    {
        var version = await client.VersionAsync();

        if (ResultsFile is { Length: > 0 } file)
        {
            Append(file, client, Column.Version, version);
            Append(file, client, column, seen);
            return;
        }

        var (toldVersion, told) = (Committed.Value[client, Column.Version], Committed.Value[client, column]);
        var cell = $"({client.Id}, {column.Heading})";
        Assert.SkipUnless(
            version == toldVersion,
            $"docs/compatibility.md has results of {client.Id} {toldVersion}, but {version} is installed: make compatibility");
        Assert.SkipWhen(
            told == CompatibilityTable.NotRun,
            $"docs/compatibility.md has no result yet, this run found '{seen}' {cell}: make compatibility");
        Assert.True(told == seen, $"docs/compatibility.md says '{told}', this run found '{seen}' {cell}: make compatibility {details}");
    }

    /// <summary>A client that was not there keeps the cells it had.</summary>
    public static async Task<int> WriteAsync(string file)
    {
        var text = await File.ReadAllTextAsync(CompatibilityTable.Document);
        var table = CompatibilityTable.Read(text);

        foreach (var line in await File.ReadAllLinesAsync(file))
        {
            var cell = JsonNode.Parse(line)!;
            var column = Column.All.Single(
                column => column.Section == (string?)cell["section"] && column.Heading == (string?)cell["heading"]);
            table[Catalogue.Find((string)cell["client"]!), column] = (string)cell["cell"]!;
        }

        await File.WriteAllTextAsync(CompatibilityTable.Document, table.WriteInto(text));
        return 0;
    }

    private static void Append(string file, Client client, Column column, string cell)
    {
        lock (Gate)
        {
            File.AppendAllText(file, new JsonObject
            {
                ["client"] = client.Id,
                ["section"] = column.Section,
                ["heading"] = column.Heading,
                ["cell"] = cell,
            }.ToJsonString(JsonSerializerOptions.Default) + '\n');
        }
    }
}
