using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using CredentialSidecar.Telemetry;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Architecture;

/// <summary>The arrows of docs/architecture.md, and what else a reader may rely on. A rule that only prose holds is soon broken.</summary>
public sealed partial class ConventionTests
{
    private static readonly string Sidecar = Repository.File("src", "CredentialSidecar");

    /// <summary>A folder may use what its row lists, and nothing else of ours.</summary>
    [Theory]
    [InlineData("Chains", "")]
    [InlineData("Configuration", "Chains")]
    [InlineData("Telemetry", "Chains")]
    [InlineData("Sources", "Chains Configuration Telemetry")]
    [InlineData("Caching", "Chains Configuration")]
    [InlineData("Refreshing", "Chains Caching Telemetry")]
    [InlineData("Access", "Chains Configuration Telemetry")]
    [InlineData("Endpoint", "Chains Configuration Caching Access Networking Telemetry")]
    [InlineData("Health", "Caching Configuration")]
    [InlineData("Networking", "Chains Configuration Telemetry")]
    [InlineData("Passthrough", "Access Chains Configuration Telemetry")]
    public void Folders_use_only_what_the_architecture_allows(string folder, string allowed) => Assert.Empty(
        from file in Files(Path.Combine(Sidecar, folder))
        from Match use in OwnName().Matches(Code(file))
        let used = use.Groups[1].Value
        where used != folder && Directory.Exists(Path.Combine(Sidecar, used)) && !allowed.Split(' ').Contains(used)
        select $"{Path.GetFileName(file)} uses {used}");

    [Fact]
    public void Every_folder_has_its_row() =>
        Assert.Equal(
            Directory.GetDirectories(Sidecar).Select(Path.GetFileName).Except(["bin", "obj", "Commands", "Hosting"]).Order(),
            typeof(ConventionTests).GetMethod(nameof(Folders_use_only_what_the_architecture_allows))!
                .GetCustomAttributes<InlineDataAttribute>().Select(row => (string?)row.Data[0]).Order());

    [Theory]
    [InlineData("Amazon", "Sources")]
    [InlineData("Polly", "Sources")]
    [InlineData("Yarp", "Passthrough")]
    [InlineData("OpenTelemetry", "Telemetry")]
    public void Libraries_are_known_to_one_folder(string library, string folder) => Assert.Empty(
        from file in Files(Sidecar)
        where Regex.IsMatch(Code(file), $@"\b(using {library}[.;]|{library}\.[A-Z])") && !file.StartsWith(Path.Combine(Sidecar, folder), StringComparison.Ordinal)
        select file);

    [Theory]
    [InlineData("Chains")]
    [InlineData("Sources")]
    [InlineData("Caching")]
    [InlineData("Refreshing")]
    public void The_web_server_is_unknown_to_the_inner_folders(string folder) => Assert.Empty(
        from file in Files(Path.Combine(Sidecar, folder))
        where Code(file).Contains("Microsoft.AspNetCore", StringComparison.Ordinal) || HttpTypes().IsMatch(Code(file))
        select file);

    [Fact]
    public void The_emulator_and_the_sidecar_share_no_code()
    {
        var emulator = Repository.File("src", "CredentialSidecar.Emulator");
        Assert.DoesNotContain("ProjectReference", File.ReadAllText(Path.Combine(emulator, "CredentialSidecar.Emulator.csproj")), StringComparison.Ordinal);
        Assert.Empty(from file in Files(emulator) from Match use in OwnName().Matches(Code(file)) where use.Value.StartsWith("CredentialSidecar.", StringComparison.Ordinal) && use.Groups[1].Value != "Emulator" select $"{file}: {use}");
    }

    [Theory]
    [InlineData("CredentialSidecar", 100, 60)]
    [InlineData("CredentialSidecar.Emulator", 100, 60)]
    [InlineData("CredentialSidecar.Launcher", 100, 60)]
    [InlineData("CredentialSidecar.Supervisor", 100, 80)]
    [InlineData("Shared", 100, 80)]
    public void Files_stay_small_enough_to_read_in_one_sitting(string project, int most, int mostOfNineInTen)
    {
        var files = Files(Repository.File("src", project)).Select(file => (Lines: File.ReadLines(file).Count(IsCode), File: file)).OrderDescending().ToArray();

        Assert.True(files[0].Lines <= most, $"More than {most} lines of code: {string.Join(", ", files.Where(file => file.Lines > most))}");
        Assert.True(files[files.Length / 10].Lines <= mostOfNineInTen,
            $"More than a tenth of the files has more than {mostOfNineInTen} lines of code, first of all {string.Join(", ", files.Take(5))}");

        static bool IsCode(string line) => line.Trim() is { Length: > 3 } text
            && !text.StartsWith("//", StringComparison.Ordinal) && !text.StartsWith("using ", StringComparison.Ordinal) && !text.StartsWith("namespace ", StringComparison.Ordinal);
    }

    [Fact]
    public void Event_numbers_are_given_once()
    {
        var ids = typeof(EventIds).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (int)field.GetRawConstantValue()!).ToArray();
        Assert.Equal(ids.Distinct(), ids);
    }

    [Fact]
    public void Every_log_message_has_a_number_ends_with_a_full_stop_and_is_documented()
    {
        var operations = File.ReadAllText(Repository.File("docs", "operations.md"));
        Assert.Empty(typeof(EventIds).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => !operations.Contains($"\n| {field.GetRawConstantValue()} {field.Name} |", StringComparison.Ordinal))
            .Select(field => field.Name));
        Assert.Empty(from file in Files(Sidecar) from Match log in LogCalls().Matches(Code(file)) select $"{Path.GetFileName(file)}: {log}");
    }

    [Fact]
    public void Classes_are_sealed_static_or_abstract() => Assert.Empty(
        typeof(SidecarApp).Assembly.GetTypes().Concat(typeof(CredentialSidecar.Emulator.EmulatorServer).Assembly.GetTypes())
            .Where(type => type is { IsClass: true, IsSealed: false, IsAbstract: false } && !type.IsDefined(typeof(CompilerGeneratedAttribute), false)
                && type.Namespace?.StartsWith("CredentialSidecar", StringComparison.Ordinal) == true && type.Name is not ("Program" or "<Program>$"))
            .Select(type => type.FullName));

    [Fact]
    public void There_are_no_regions_and_no_drawers_called_utils() => Assert.DoesNotContain(
        Files(Repository.File("src")), file => Code(file).Contains("#region", StringComparison.Ordinal) || file.Contains("Util", StringComparison.Ordinal) || file.Contains("Helper", StringComparison.Ordinal));

    private static IEnumerable<string> Files(string folder) => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Contains("/obj", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));

    // Comments may name anything.
    private static string Code(string file) => Comments().Replace(File.ReadAllText(file), "");

    // A full name, or one that begins with a folder's: Telemetry.EventIds.
    [GeneratedRegex(@"(?:CredentialSidecar\.|(?<![\w.""]))([A-Z]\w+)(?=[.;])")]
    private static partial Regex OwnName();

    [GeneratedRegex(@"\b(HttpContext|HttpRequest|HttpResponse|IResult|WebApplication|StatusCodes)\b")]
    private static partial Regex HttpTypes();

    [GeneratedRegex(@"\b[lL]ogger\.Log(Trace|Debug|Information|Warning|Error|Critical)\(")]
    private static partial Regex LogCalls();

    [GeneratedRegex(@"^\s*//.*$", RegexOptions.Multiline)]
    private static partial Regex Comments();
}
