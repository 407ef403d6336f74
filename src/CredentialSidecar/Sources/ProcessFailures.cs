using System.Text;
using CredentialSidecar.Chains;
using CredentialSidecar.Executing;

namespace CredentialSidecar.Sources;

/// <summary>Explains why a credential process gave no credentials. It shows standard error, and never standard output.</summary>
internal static class ProcessFailures
{
    // errno.h
    private const int NotPermitted = 1, NoEntry = 2, ExecFormat = 8, Access = 13, NotDirectory = 20, IsDirectory = 21;

    // A Python program ends its traceback with the error; a helper with many warnings too.
    private const int Last = 900, Searched = 8 * 1024;

    private const string RunIt = "Run the command of Source:Process in the sidecar's container, as the sidecar's user.";

    /// <param name="problem">What is wrong with the output; null if it has credentials.</param>
    /// <returns>Null if the program gave credentials.</returns>
    public static CredentialException? Of(string program, ProgramEnd end, string? problem, SecretMask mask) => end switch
    {
        { StartError: not 0 } => NotStarted(program, end.StartError),
        { IsTooLong: true } => Unavailable(program, $"printed more than {ProgramRunner.MostOutput / 1024} kB and was killed", end, mask,
            "It must print only one JSON document."),
        { IsCancelled: true } => Unavailable(program,
            $"did not end within {ProcessSource.Limit.TotalSeconds:0} s and was killed, with everything that it started", end, mask,
            "It must not ask for input: standard input is empty. " + RunIt),
        { Signal: { } signal } => Unavailable(program, $"was killed by signal {signal}", end, mask,
            signal == 9 ? "Check the memory limit of the container: the kernel kills programs that exceed it." : RunIt),
        { ExitCode: not 0 and { } code } => Unavailable(program, $"ended with exit code {code}", end, mask, RunIt),
        _ when problem is not null => Unavailable(program, $"printed {problem}", end, mask,
            "It must print the JSON that AWS SDKs expect of credential_process: "
            + "{\"Version\":1,\"AccessKeyId\":…,\"SecretAccessKey\":…,\"SessionToken\":…,\"Expiration\":…}. "
            + "Its output is never shown here."),
        _ => null,
    };

    /// <summary>Nothing is known of its end.</summary>
    public static CredentialException NotRun(string program, Exception e) => new(CredentialFailure.SourceUnavailable,
        $"{What(program)} {(e is Polly.Timeout.TimeoutRejectedException ? "could not be killed" : $"failed: {e.GetType().Name}")}.", e)
    {
        Advice = RunIt,
    };

    private static CredentialException NotStarted(string program, int error)
    {
        var (why, advice) = error switch
        {
            NoEntry when File.Exists(program) => ("its interpreter does not exist",
                "The program in its first line (#!), or the dynamic loader that it needs, must be in the sidecar's image, "
                + "which has no shell. Use a static program."),
            NoEntry or NotDirectory => ("it does not exist",
                "Mount it into the sidecar's container, or build an image that has it."),
            Access or NotPermitted or IsDirectory => ("the sidecar's user may not execute it",
                "It must be a file with mode 0755, on a volume that is not mounted noexec, below directories that every user may enter."),
            ExecFormat => ("it is not a program for this machine",
                "Use the program for this processor. A script needs a first line such as #!/usr/bin/python3."),
            _ => ($"the system refused it with error {error}", RunIt),
        };

        return new CredentialException(CredentialFailure.SourceRefused, $"{What(program)} could not be started: {why}.")
        {
            Advice = advice,
        };
    }

    private static CredentialException Unavailable(string program, string what, ProgramEnd end, SecretMask mask, string advice) =>
        new(CredentialFailure.SourceUnavailable, $"{What(program)} {what}.")
        {
            Said = OutsideText.Shown(Tail(end.Errors, mask), mask) is { } said ? $"It wrote to standard error: {said}" : null,
            Advice = advice,
        };

    private static string What(string program) => $"The credential process {Configuration.Shown.Quoted(program)}";

    // Masked before it is cut, so that a secret at the cut is still recognized.
    private static string Tail(byte[] errors, SecretMask mask)
    {
        var text = mask.Apply(Encoding.UTF8.GetString(errors.AsSpan(Math.Max(0, errors.Length - Searched))).Trim());
        return text.Length > Last ? $"…{text[^Last..]}" : text;
    }
}
