using System.Runtime.InteropServices;

namespace Quickstart;

/// <summary>Where the programs are that this build made.</summary>
internal static class Programs
{
    // The very host that runs this program, wherever it is installed.
    private static readonly string Dotnet =
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));

    public static string[] Itself => [Dotnet, typeof(Programs).Assembly.Location];

    public static string[] Emulator => Of("CredentialSidecar.Emulator", "credential-sidecar-emulator");

    public static string[] Sidecar => Of("CredentialSidecar", "credential-sidecar");

    private static string[] Of(string project, string assembly)
    {
        // …/samples/quickstart/bin/Debug/net10.0
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var file = Path.GetFullPath(Path.Combine(
            output.FullName, "../../../../..", "src", project, "bin", output.Parent!.Name, output.Name, assembly + ".dll"));

        return File.Exists(file)
            ? [Dotnet, file]
            : throw new QuickstartException($"{file} is missing. Start this by: dotnet run --project samples/quickstart");
    }
}
