using System.Diagnostics;

namespace CredentialSidecar.Conformance.Parts;

/// <summary>pyenv has a script in the place of python3 and of each program that pip installed, which takes a third of a second.</summary>
internal static class Shims
{
    /// <summary>Puts the folder of the real python3 first in PATH, for this process and all that it starts.</summary>
    public static void Avoid()
    {
        var path = Environment.GetEnvironmentVariable("PATH") ?? "";
        var first = path.Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "python3")).FirstOrDefault(File.Exists);

        if (first is null || !IsScript(first))
        {
            return;
        }

        string[] words = ["-c", "import os, sys; print(os.path.dirname(sys.executable), end='')"];
        using var python = Process.Start(new ProcessStartInfo(first, words) { RedirectStandardOutput = true })!;
        var folder = python.StandardOutput.ReadToEnd();
        python.WaitForExit();

        if (python.ExitCode == 0 && folder.Length > 0)
        {
            Environment.SetEnvironmentVariable("PATH", $"{folder}{Path.PathSeparator}{path}");
        }
    }

    private static bool IsScript(string program)
    {
        using var file = File.OpenRead(program);
        return file.ReadByte() == '#' && file.ReadByte() == '!';
    }
}
