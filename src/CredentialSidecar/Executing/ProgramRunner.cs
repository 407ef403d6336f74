using System.Collections.Concurrent;

namespace CredentialSidecar.Executing;

/// <summary>Runs a program without a shell, in a process group of its own, and reads what it prints.</summary>
/// <remarks>
/// One thread serves one program. When the program has ended, its process group is killed: nothing that it started stays behind. A child
/// that leaves the group, as a daemon does, stays.
/// </remarks>
internal static class ProgramRunner
{
    /// <summary>Bytes of standard output, and of standard error.</summary>
    public const int MostOutput = 64 * 1024;

    // While the program runs, how often it is looked at for its end and for cancellation.
    private const int Glance = 50, Short = 5;

    private static readonly ConcurrentDictionary<int, bool> Running = new();

    // The sidecar does not wait for running programs when it ends.
    static ProgramRunner() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var process in Running.Keys)
        {
            SpawnedProcess.Kill(process);
        }
    };

    /// <inheritdoc cref="RunProgram"/>
    public static Task<ProgramEnd> RunAsync(ProgramStart start, CancellationToken cancellationToken) => Task.Factory.StartNew(
        () => Run(start, cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static ProgramEnd Run(ProgramStart start, CancellationToken cancellationToken)
    {
        using var output = new BoundedPipe(MostOutput);
        using var errors = new BoundedPipe(MostOutput);

        if ((output.Open(), errors.Open()) is var (first, second) && (first != 0 || second != 0))
        {
            return new ProgramEnd(Math.Max(first, second), null, null);
        }

        if (SpawnedProcess.Start(start, output.WritingEnd, errors.WritingEnd, out var process) is not 0 and var error)
        {
            return new ProgramEnd(error, null, null);
        }

        Running[process] = true;
        output.CloseWritingEnd();
        errors.CloseWritingEnd();

        while (!cancellationToken.IsCancellationRequested && !output.IsTooLong && !SpawnedProcess.HasEnded(process))
        {
            ReadOnce(output, errors);
        }

        var isCancelled = cancellationToken.IsCancellationRequested && !SpawnedProcess.HasEnded(process);
        var status = SpawnedProcess.End(process);
        Running.TryRemove(process, out _);
        Drain(output, errors);
        return ProgramStatus.Of(status, output, errors) with { IsCancelled = isCancelled };
    }

    private static bool ReadOnce(BoundedPipe output, BoundedPipe errors)
    {
        Span<Libc.Waited> waited = [output.Waited, errors.Waited];
        var isOpen = output.IsOpen || errors.IsOpen;
        var found = Libc.Poll(waited, waited.Length, isOpen ? Glance : Short) > 0;

        foreach (var (pipe, seen) in new[] { (output, waited[0].Seen), (errors, waited[1].Seen) })
        {
            if (found && seen != 0 && pipe.IsOpen)
            {
                pipe.Read();
            }
        }

        return found;
    }

    // A daemon that left the group may keep a pipe open without writing to it.
    private static void Drain(BoundedPipe output, BoundedPipe errors)
    {
        while ((output.IsOpen || errors.IsOpen) && !output.IsTooLong && ReadOnce(output, errors))
        {
        }
    }
}
