using System.Reflection;
using CredentialSidecar.Tests.Architecture.Symbols;
using Xunit;

namespace CredentialSidecar.Tests.Architecture;

/// <summary>What the programs beside the sidecar may hold and use, checked on their compiled symbols.</summary>
public sealed class ProgramBorderTests
{
    private static readonly Dictionary<string, Assembly> Programs = new(StringComparer.Ordinal)
    {
        ["Emulator"] = typeof(CredentialSidecar.Emulator.EmulatorServer).Assembly,
        ["Launcher"] = typeof(CredentialSidecar.Launcher.Plan.Variables).Assembly,
        ["Supervisor"] = typeof(CredentialSidecar.Supervisor.Restarting.RestartPolicy).Assembly,
    };

    // A static program carries every library that it uses.
    private static readonly string[] Heavy =
        ["System.Console", "System.Net", "System.Text.Json", "System.Text.RegularExpressions", "System.Threading.Tasks"];

    /// <summary>The emulator shares no code with the sidecar, so that a mistake in one cannot hide a mistake in the other.</summary>
    [Theory]
    [InlineData("Emulator")]
    [InlineData("Launcher", "Shared")]
    [InlineData("Supervisor", "Shared")]
    public void A_program_holds_only_its_own_code_and_what_is_shared(string program, params string[] shared)
    {
        var read = CompiledProgram.Read(Programs[program]);
        string[] folders = ["/obj/", $"/src/CredentialSidecar.{program}/", .. shared.Select(folder => $"/src/{folder}/")];

        Assert.Equal(shared.Append(program).Order(), read.Namespaces.Select(Use.FolderOf).OfType<string>().Distinct().Order());
        Problems.AssertNone(
            from reference in read.References
            where reference.StartsWith("credential", StringComparison.OrdinalIgnoreCase)
            select $"{program} refers to the assembly {reference}; it may refer to none of ours");
        Problems.AssertNone(
            from file in read.Documents
            where !folders.Any(folder => file.Contains(folder, StringComparison.Ordinal))
            select $"{file}: {program} is built from it; it may be built from {string.Join(", ", folders[1..])}");
    }

    [Theory]
    [InlineData("Launcher")]
    [InlineData("Supervisor")]
    public void A_static_program_uses_no_heavy_library(string program) => Problems.AssertNone(
        from use in CompiledProgram.Read(Programs[program]).Uses
        where use.FromFolder is not null && Heavy.Any(use.IsOf)
        select $"{use.Place()}: {program} uses {use.To.FullName}; it may use nothing of {string.Join(", ", Heavy)}");
}
