using System.Text.RegularExpressions;
using CredentialSidecar.Testing;
using CredentialSidecar.Tests.Architecture.Symbols;
using Xunit;

namespace CredentialSidecar.Tests.Architecture;

/// <summary>Which folder of the sidecar may use which, checked on the compiled symbols in both directions.</summary>
/// <remarks>
/// The first segment of a type's namespace is its folder. Symbols hold every use except constants and <c>nameof</c>, which the compiler
/// replaces by their values: a folder may copy a constant of another, and a permission that only constants use looks unused.
/// </remarks>
public sealed partial class FolderArrowTests
{
    /// <summary>A folder and what it may use. docs/architecture.md has the same rows.</summary>
    private static readonly Dictionary<string, string[]> Rows = new(StringComparer.Ordinal)
    {
        ["Chains"] = [],
        ["Configuration"] = ["Chains", "Shared"],
        ["Telemetry"] = ["Chains"],
        ["Executing"] = [],
        ["Sources"] = ["Chains", "Configuration", "Executing", "Telemetry"],
        ["Caching"] = ["Chains", "Configuration"],
        ["Refreshing"] = ["Chains", "Caching", "Telemetry"],
        ["Access"] = ["Chains", "Configuration", "Telemetry"],
        ["Certificates"] = ["Access", "Configuration"],
        ["Endpoint"] = ["Chains", "Configuration", "Caching", "Access", "Networking", "Telemetry"],
        ["Health"] = ["Chains", "Caching", "Configuration"],
        ["Networking"] = ["Configuration", "Shared"],
        ["Generating"] = ["Chains", "Configuration", "Shared"],
        ["Explaining"] = ["Chains", "Configuration", "Sources"],
        ["Passthrough"] = ["Access", "Configuration", "Telemetry"],
        ["Shared"] = [],
    };

    // The composition root may use everything, and no folder may use it.
    private static readonly string[] Root = ["Commands", "Hosting"];

    private static readonly string Sources = Repository.File("src", "CredentialSidecar");
    private static readonly CompiledProgram Sidecar = CompiledProgram.Read(typeof(SidecarApp).Assembly);

    public static TheoryData<string> Folders => [.. Rows.Keys];

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_folder_uses_only_the_folders_in_its_row(string folder) => Problems.AssertNone(
        from use in Sidecar.Uses
        where use.FromFolder == folder && use.ToFolder is { } used && used != folder && !Rows[folder].Contains(used)
        select $"{use.Place()}: {folder} uses {use.To.FullName}; it may use {Listed(Rows[folder])}");

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_folder_uses_every_folder_in_its_row(string folder) => Problems.AssertNone(
        from permission in Rows[folder]
        where !Sidecar.Uses.Any(use => use.FromFolder == folder && use.ToFolder == permission)
        select $"{folder} may use {permission} and does not: remove the permission here and in docs/architecture.md");

    [Fact]
    public void Every_folder_has_a_row() => Assert.Equal(
        Directory.GetDirectories(Sources).Select(Path.GetFileName).Except(["bin", "obj", "Properties", .. Root]).Append("Shared").Order(),
        Rows.Keys.Order());

    [Fact]
    public void The_architecture_page_has_the_same_rows()
    {
        var page = File.ReadAllText(Repository.File("docs", "architecture.md"));
        var rows = Row().Matches(page).ToDictionary(
            row => row.Groups[1].Value, row => row.Groups[2].Value is "nothing" ? [] : row.Groups[2].Value.Split(", ").Order().ToArray());

        Assert.Equal(Rows.Keys.Order(), rows.Keys.Order());
        Assert.All(Rows, row => Assert.Equal(row.Value.Order(), rows[row.Key]));
    }

    // A type in another namespace would belong to no folder and be free of every rule.
    [Fact]
    public void Every_file_declares_the_namespace_of_its_folder() => Problems.AssertNone(
        from folder in Rows.Keys
        let path = folder == "Shared" ? Repository.File("src", "Shared") : Path.Combine(Sources, folder)
        from file in Directory.EnumerateFiles(path, "*.cs", SearchOption.AllDirectories)
        let space = File.ReadLines(file).First(line => line.StartsWith("namespace ", StringComparison.Ordinal)).Split(' ', ';')[1]
        where Use.FolderOf(space) != folder
        select $"{file} declares {space}; expected CredentialSidecar.{folder}");

    [Theory]
    [InlineData("Amazon", "Sources")]
    [InlineData("AWSSDK", "Sources")]
    [InlineData("Polly", "Sources")]
    [InlineData("Yarp", "Passthrough")]
    [InlineData("OpenTelemetry", "Telemetry")]
    public void A_library_is_used_by_one_folder(string library, string folder)
    {
        var uses = Sidecar.Uses.Where(use => use.FromFolder is not null && use.IsOf(library)).ToArray();

        Problems.AssertNone(
            from use in uses
            where use.FromFolder != folder
            select $"{use.Place()}: {use.From.FullName} uses {use.To.FullName}; only {folder} may use {library}");
        Assert.NotEmpty(uses);
    }

    [Theory]
    [InlineData("Chains")]
    [InlineData("Executing")]
    [InlineData("Sources")]
    [InlineData("Caching")]
    [InlineData("Refreshing")]
    [InlineData("Shared")]
    public void The_inner_folders_do_not_use_the_web_server(string folder) => Problems.AssertNone(
        from use in Sidecar.Uses
        where use.FromFolder == folder && use.IsOf("Microsoft.AspNetCore")
        select $"{use.Place()}: {folder} uses {use.To.FullName}; it may not use Microsoft.AspNetCore");

    private static string Listed(string[] folders) => folders is [] ? "nothing" : string.Join(", ", folders);

    [GeneratedRegex(@"^\| `(\w+)` \|.*\| ((?!everything)[\w, ]+) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
