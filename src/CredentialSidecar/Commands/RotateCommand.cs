using System.Globalization;
using System.Text;
using CredentialSidecar.Networking;

namespace CredentialSidecar.Commands;

/// <summary><c>credential-sidecar rotate-tokens</c>: SIGHUP for the sidecar beside it, in images that have no shell and no kill.</summary>
internal static class RotateCommand
{
    private const int Hangup = 1;

    private const string Name = "credential-sidecar";

    /// <param name="proc">Where the kernel shows processes; a test gives its own.</param>
    /// <param name="signal">Sends a signal to a process; zero where it was sent.</param>
    public static int Run(TextWriter output, TextWriter error, string proc = "/proc", Func<int, int, int>? signal = null)
    {
        var told = Directory.EnumerateDirectories(proc).Select(Path.GetFileName).Where(id => IsServing(proc, id!)).Select(id => int.Parse(id!, CultureInfo.InvariantCulture)).Order().ToArray();

        if (told.Length == 0)
        {
            error.WriteLine("credential-sidecar: no sidecar is serving in this container's process namespace; run this in its own container.");
            return ExitCodes.Unavailable;
        }

        foreach (var id in told)
        {
            if ((signal ?? Libc.Kill)(id, Hangup) != 0)
            {
                error.WriteLine($"credential-sidecar: process {id} belongs to another user; run this as the sidecar's user or as root.");
                return ExitCodes.Unavailable;
            }

            output.WriteLine($"Told process {id} to make new tokens and to open its audit file anew. Event 603 lists the clients whose tokens were replaced. Tokens configured by value are not replaced.");
        }

        return ExitCodes.Ok;
    }

    private static bool IsServing(string proc, string id)
    {
        try
        {
            // Its arguments tell the service from its commands, and can be read where its memory cannot.
            return id.All(char.IsAsciiDigit) && id != Environment.ProcessId.ToString(CultureInfo.InvariantCulture)
                && Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(proc, id, "cmdline"))).Split('\0') is [var program, "" or "serve" or ['-', ..], ..]
                && Path.GetFileName(program) == Name;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile.
            return false;
        }
    }
}
