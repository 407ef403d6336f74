namespace CredentialSidecar.Executing;

/// <summary>How a program was started and ended.</summary>
/// <param name="StartError">The error number where it could not start; otherwise 0.</param>
/// <param name="ExitCode">Null where a signal ended it.</param>
/// <param name="Signal">The signal that ended it; null where it exited by itself.</param>
/// <param name="IsTooLong">Whether it printed more to standard output than is read; it was killed then.</param>
/// <param name="IsCancelled">Whether it was killed because its time was over.</param>
internal sealed record ProgramEnd(int StartError, int? ExitCode, int? Signal, bool IsTooLong = false, bool IsCancelled = false)
{
    /// <summary>The first part of standard output, which holds secrets.</summary>
    public byte[] Output { get; init; } = [];

    /// <summary>The first part of standard error.</summary>
    public byte[] Errors { get; init; } = [];

    // The default would print both.
    public override string ToString() => $"start {StartError}, exit code {ExitCode}, signal {Signal}";
}
