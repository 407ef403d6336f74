namespace CredentialSidecar.Executing;

/// <summary>Reads a wait status: macros in sys/wait.h.</summary>
internal static class ProgramStatus
{
    /// <param name="status">Null where another part of this process reaped the program.</param>
    public static ProgramEnd Of(int? status, BoundedPipe output, BoundedPipe errors) => new(
        0,
        status is { } exited && (exited & 0x7F) == 0 ? (exited >> 8) & 0xFF : null,
        status is { } killed && (killed & 0x7F) != 0 ? killed & 0x7F : null,
        output.IsTooLong)
    {
        Output = output.Kept,
        Errors = errors.Kept,
    };
}
