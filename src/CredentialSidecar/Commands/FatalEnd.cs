using CredentialSidecar.Networking;

namespace CredentialSidecar.Commands;

/// <summary>Ends the process after an internal fault.</summary>
/// <param name="what">The part that failed.</param>
internal delegate void EndProcess(string what, Exception fault);

/// <summary>
/// Ends at once with the exit code for a fault. A normal stop would look like success, and needs memory that may not be available.
/// </summary>
internal static class FatalEnd
{
    private const int MostFrames = 5;

    /// <summary>Makes every unhandled exception end the process in this way.</summary>
    public static void Watch() =>
        AppDomain.CurrentDomain.UnhandledException += (_, unhandled) => Now("a thread", unhandled.ExceptionObject as Exception);

    public static void Now(string what, Exception? fault)
    {
        try
        {
            Console.Error.WriteLine($"credential-sidecar: {what} failed with {Describe(fault)}; ending with exit code {ExitCodes.Fault}.");
        }
        finally
        {
            // Not Environment.Exit, which runs handlers. The kernel closes all files, and a supervisor keeps the ports.
            Libc.Exit(ExitCodes.Fault);
        }
    }

    // Only types and methods, since a message may contain a secret.
    private static string Describe(Exception? fault)
    {
        var types = new List<string>();

        for (var e = fault; e is not null && types.Count < MostFrames; e = e.InnerException)
        {
            types.Add(e.GetType().Name);
        }

        var frames = (fault?.StackTrace ?? "")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Take(MostFrames);
        return $"{string.Join(" of ", types)} {string.Join(' ', frames)}".TrimEnd();
    }
}
