using CredentialSidecar.Networking;

namespace CredentialSidecar.Commands;

/// <summary>Ends the process after a fault of its own.</summary>
/// <param name="what">The part that failed.</param>
internal delegate void EndProcess(string what, Exception fault);

/// <summary>Ends at once and with an exit code that tells of a fault: an orderly stop would look like success, and takes memory that may be gone.</summary>
internal static class FatalEnd
{
    private const int MostFrames = 5;

    /// <summary>From now on an exception that nothing catches ends the process so, too.</summary>
    public static void Watch() => AppDomain.CurrentDomain.UnhandledException += (_, unhandled) => Now("a thread", unhandled.ExceptionObject as Exception);

    public static void Now(string what, Exception? fault)
    {
        try
        {
            Console.Error.WriteLine($"credential-sidecar: {what} failed with {Describe(fault)}; ending with exit code {ExitCodes.Fault}.");
        }
        finally
        {
            // Not Environment.Exit, which runs handlers. The kernel closes the rest, and a supervisor keeps the ports.
            Libc.Exit(ExitCodes.Fault);
        }
    }

    // Types and methods: a message may hold what nobody is to read.
    private static string Describe(Exception? fault)
    {
        var types = new List<string>();

        for (var e = fault; e is not null && types.Count < MostFrames; e = e.InnerException)
        {
            types.Add(e.GetType().Name);
        }

        var frames = (fault?.StackTrace ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(MostFrames);
        return $"{string.Join(" of ", types)} {string.Join(' ', frames)}".TrimEnd();
    }
}
