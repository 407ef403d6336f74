namespace CredentialSidecar.Conformance.Compatibility;

/// <summary>The document has every client, every column and every cell, without running any of them.</summary>
public sealed class DocumentTests
{
    private static readonly string Text = File.ReadAllText(CompatibilityTable.Document);

    [Fact]
    public void The_tables_are_those_that_the_recipe_writes() =>
        Assert.Equal(Text, CompatibilityTable.Read(Text).WriteInto(Text));

    [Fact]
    public void Each_section_has_its_table() => Assert.All(
        Column.All.Select(column => column.Section).Distinct(),
        section => Assert.Contains($"<!-- table: {section} -->\n| id |", Text, StringComparison.Ordinal));

    [Fact]
    public void Each_client_has_been_run()
    {
        var table = CompatibilityTable.Read(Text);

        Assert.All(Catalogue.All, client => Assert.NotEqual(CompatibilityTable.NotRun, table[client, Column.Version]));
        Assert.All(Catalogue.All, client => Assert.Contains("works", (string[])
            [table[client, Column.TokenVariable], table[client, Column.TokenFile], table[client, Column.Interception]]));
    }

    [Fact]
    public void Clients_of_RELATIVE_URI_alone_work_by_interception_and_not_by_the_launcher()
    {
        var table = CompatibilityTable.Read(Text);

        Assert.All(Catalogue.All.Where(client => client.RelativeOnly), client => Assert.Equal(
            ("fails", "works", false),
            (table[client, Column.TokenVariable], table[client, Column.Interception], table[client, Column.Launcher] == "works")));
    }

    [Fact]
    public void What_the_table_tells_of_is_what_the_script_installs()
    {
        var script = File.ReadAllText(Repository.File(".ci", "install-clients"));
        var line = script.Split('\n').Single(line => line.Contains("|| set -- ", StringComparison.Ordinal));
        var installed = line.Split("set -- ")[1].Split(' ');

        // Version 4 for .NET is this program itself. The rest are programs for the chart and the attacks, and clients that read
        // neither variable.
        string[] others = ["helm", "kubernetes", "chromium", "boto2", "s3cmd"];
        Assert.Equal(Catalogue.All.Select(client => client.Id).Except(["net4"]).Concat(others).Order(), installed.Order());
    }
}
