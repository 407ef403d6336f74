using System.ComponentModel;
using System.Diagnostics;

namespace CredentialSidecar.Networking;

/// <summary>Runs nft or iptables without a shell, with a clean environment and a time limit.</summary>
internal static class Tool
{
    private const string Path = "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public sealed record Result(int ExitCode, string Output, string Error)
    {
        public bool Ok => ExitCode == 0;
    }

    public static bool IsPresent(string program) => FileOf(program) is not null;

    /// <returns>Null if the program does not exist or cannot run.</returns>
    public static Result? Run(string program, string? input, params ReadOnlySpan<string> arguments)
    {
        if (FileOf(program) is not { } file)
        {
            return null;
        }

        var start =
            new ProcessStartInfo(file) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // Do not pass on secrets or PATH from the environment, since this may run as root.
        start.Environment.Clear();
        start.Environment["PATH"] = Path;

        try
        {
            using var process = Process.Start(start)!;
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            process.StandardInput.Write(input);
            process.StandardInput.Close();

            if (!process.WaitForExit(Limit))
            {
                process.Kill();
                return new Result(-1, "", $"{program} did not end within {Limit.TotalSeconds:0} s");
            }

            return new Result(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
        }
        catch (Win32Exception)
        {
            return null;
        }
        catch (IOException e)
        {
            return new Result(-1, "", e.Message);
        }
    }

    private static string? FileOf(string program) => Path.Split(':').Select(folder => $"{folder}/{program}").FirstOrDefault(IsExecutable);

    private static bool IsExecutable(string file) =>
        File.Exists(file)
            && (OperatingSystem.IsWindows()
                || (File.GetUnixFileMode(file) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);
}
