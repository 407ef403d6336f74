using System.Text;
using System.Text.RegularExpressions;

namespace CredentialSidecar.Conformance.Compatibility;

/// <summary>The tables of docs/compatibility.md: one below each section's heading, between two comments.</summary>
internal sealed partial class CompatibilityTable
{
    public const string NotRun = "not run";

    private readonly Dictionary<(string Client, string Section, string Heading), string> _cells = [];

    public static string Document { get; } = Repository.File("docs", "compatibility.md");

    public string this[Client client, Column column]
    {
        get => _cells.GetValueOrDefault((client.Id, column.Section, column.Heading), NotRun);
        set => _cells[(client.Id, column.Section, column.Heading)] = value;
    }

    /// <summary>Reads the cells that a text has, whatever clients and columns they are of.</summary>
    public static CompatibilityTable Read(string text)
    {
        var table = new CompatibilityTable();

        foreach (Match section in Sections().Matches(text))
        {
            var rows = section.Groups["table"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Cells).ToArray();

            foreach (var row in rows.Skip(2))
            {
                foreach (var (heading, cell) in rows[0].Zip(row).Skip(1))
                {
                    table._cells[(row[0], section.Groups["name"].Value, heading)] = cell;
                }
            }
        }

        return table;
    }

    /// <summary>The text with its tables regenerated.</summary>
    public string WriteInto(string text) => Sections().Replace(text, section =>
    {
        var name = section.Groups["name"].Value;
        return $"<!-- table: {name} -->\n{Write(name)}<!-- end -->";
    });

    private static string[] Cells(string row) => [.. row.Trim().Trim('|').Split('|').Select(cell => cell.Trim())];

    private string Write(string section)
    {
        var columns = Column.All.Where(column => column.Section == section).ToArray();

        // The first section tells the clients' names, the others are for those who know them.
        var named = columns.Contains(Column.Version);
        var text = new StringBuilder()
            .Append(named ? "| id | SDK |" : "| id |").AppendJoin("", columns.Select(column => $" {column.Heading} |")).Append('\n')
            .Append(named ? "|---|---|" : "|---|").AppendJoin("", columns.Select(_ => "---|")).Append('\n');

        foreach (var client in Catalogue.All.Where(client => columns.Any(column => column.IsAskedOf(client))))
        {
            text.Append(named ? $"| {client.Id} | {client.Sdk} |" : $"| {client.Id} |")
                .AppendJoin("", columns.Select(column => $" {(column.IsAskedOf(client) ? this[client, column] : Column.NotAsked)} |"))
                .Append('\n');
        }

        return text.ToString();
    }

    [GeneratedRegex("<!-- table: (?<name>[^>]+) -->\n(?<table>(\\|[^\n]*\n)*)<!-- end -->")]
    private static partial Regex Sections();
}
