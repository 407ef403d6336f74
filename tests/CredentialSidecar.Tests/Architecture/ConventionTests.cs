using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using CredentialSidecar.Telemetry;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Architecture;

/// <summary>Rules that a reader of the code may rely on. <see cref="FolderArrowTests"/> has those about who uses what.</summary>
public sealed partial class ConventionTests
{
    private static readonly string Sidecar = Repository.File("src", "CredentialSidecar");

    [Theory]
    [InlineData("CredentialSidecar", 100, 70)]
    [InlineData("CredentialSidecar.Emulator", 100, 60)]
    [InlineData("CredentialSidecar.Launcher", 100, 60)]
    [InlineData("CredentialSidecar.Supervisor", 100, 80)]
    [InlineData("Shared", 100, 80)]
    public void Files_stay_small_enough_to_read_in_one_sitting(string project, int most, int mostOfNineInTen)
    {
        var files = Files(Repository.File("src", project))
            .Select(file => (Lines: File.ReadLines(file).Count(IsCode), File: file))
            .OrderDescending()
            .ToArray();

        Assert.True(files[0].Lines <= most, $"More than {most} lines of code: {string.Join(", ", files.Where(file => file.Lines > most))}");
        Assert.True(files[files.Length / 10].Lines <= mostOfNineInTen,
            $"More than a tenth of the files has more than {mostOfNineInTen} lines of code, " +
            $"first of all {string.Join(", ", files.Take(5))}");

        static bool IsCode(string line) => line.Trim() is { Length: > 3 } text
            && !text.StartsWith("//", StringComparison.Ordinal)
            && !text.StartsWith("using ", StringComparison.Ordinal)
            && !text.StartsWith("namespace ", StringComparison.Ordinal);
    }

    [Fact]
    public void Event_numbers_are_given_once()
    {
        var ids = typeof(EventIds).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (int)field.GetRawConstantValue()!)
            .ToArray();
        Assert.Equal(ids.Distinct(), ids);
    }

    [Fact]
    public void Every_log_message_has_a_number_ends_with_a_full_stop_and_is_documented()
    {
        var operations = File.ReadAllText(Repository.File("docs", "operations.md"));
        Assert.Empty(typeof(EventIds).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => !operations.Contains($"\n| {field.GetRawConstantValue()} {field.Name} |", StringComparison.Ordinal))
            .Select(field => field.Name));
        Assert.Empty(
            from file in Files(Sidecar)
            from Match log in LogCalls().Matches(Code(file))
            select $"{Path.GetFileName(file)}: {log}");
    }

    [Fact]
    public void Classes_are_sealed_static_or_abstract() => Assert.Empty(
        new[]
            {
                typeof(SidecarApp), typeof(CredentialSidecar.Emulator.EmulatorServer),
                typeof(CredentialSidecar.Launcher.Plan.Variables), typeof(CredentialSidecar.Supervisor.Restarting.RestartPolicy),
            }
            .SelectMany(type => type.Assembly.GetTypes())
            .Where(type => type is { IsClass: true, IsSealed: false, IsAbstract: false }
                && !type.IsDefined(typeof(CompilerGeneratedAttribute), false)
                && type.Namespace?.StartsWith("CredentialSidecar", StringComparison.Ordinal) == true
                && type.Name is not ("Program" or "<Program>$"))
            .Select(type => type.FullName));

    [Fact]
    public void There_are_no_regions_and_no_drawers_called_utils() => Assert.DoesNotContain(
        Files(Repository.File("src")),
        file => Code(file).Contains("#region", StringComparison.Ordinal)
            || file.Contains("Util", StringComparison.Ordinal)
            || file.Contains("Helper", StringComparison.Ordinal));

    [Fact]
    public void Lines_have_at_most_140_columns() => Assert.Empty(
        from folder in (string[])["src", "samples", "tests"]
        from file in Files(Repository.File(folder))
        from line in File.ReadLines(file).Index()
        where line.Item.Length > 140
        select $"{Path.GetRelativePath(Repository.Root, file)}:{line.Index + 1} has {line.Item.Length} columns");

    private static IEnumerable<string> Files(string folder) => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Contains("/obj", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));

    // Comments may name anything.
    private static string Code(string file) => Comments().Replace(File.ReadAllText(file), "");

    [GeneratedRegex(@"\b[lL]ogger\.Log(Trace|Debug|Information|Warning|Error|Critical)\(")]
    private static partial Regex LogCalls();

    [GeneratedRegex(@"^\s*//.*$", RegexOptions.Multiline)]
    private static partial Regex Comments();
}
