using System.Diagnostics;
using Xunit;

namespace CredentialSidecar.Conformance.Launcher;

/// <summary>Starts the native launcher as a container engine does, with an environment of its own, and never for long.</summary>
public abstract class LauncherTest : IAsyncLifetime
{
    /// <summary>No wait: for tests of what comes after it.</summary>
    protected static readonly string[] NoWait = ["CREDENTIAL_LAUNCH_WAIT=0"];

    protected string Program { get; private set; } = "";

    protected string Folder { get; } = Directory.CreateTempSubdirectory("launcher-").FullName;

    public async ValueTask InitializeAsync() => Program = await LauncherProgram.PathAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    internal ProcessStartInfo Start(string program, string[] variables, params string[] words)
    {
        var start = new ProcessStartInfo(program, words)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Folder,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");

        // The test itself is the sidecar, and nothing outside this machine is asked.
        start.Environment["CREDENTIAL_LAUNCH_SIDECAR_UID"] = $"{Tools.Uid}";
        start.Environment["CREDENTIAL_LAUNCH_ALLOW_IMDS"] = "true";

        foreach (var variable in variables)
        {
            var equals = variable.IndexOf('=', StringComparison.Ordinal);
            start.Environment[variable[..equals]] = variable[(equals + 1)..];
        }

        return start;
    }

    internal Task<Ended> RunAsync(string[] variables, params string[] words) => RunAsync(Start(Program, variables, words));

    /// <summary>A shell with the launcher as $0, for what only a shell can say.</summary>
    internal Task<Ended> ShellAsync(string script, params string[] words) =>
        RunAsync(Start("/bin/sh", NoWait, ["-c", script, Program, .. words]));

    internal static async Task<Ended> RunAsync(ProcessStartInfo start, string input = "")
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var process = Process.Start(start)!;
        var watch = Stopwatch.StartNew();

        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            await process.StandardInput.WriteAsync(input.AsMemory(), limit.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token);
            return new Ended(process.Id, process.ExitCode, await output, await error, watch.Elapsed);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    internal string Write(string name, string text, bool executable = false)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);

        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, executable ? (UnixFileMode)0b111_101_101 : (UnixFileMode)0b110_100_100);
        }

        return path;
    }

    internal sealed record Ended(int Pid, int Code, string Output, string Error, TimeSpan Took);
}
