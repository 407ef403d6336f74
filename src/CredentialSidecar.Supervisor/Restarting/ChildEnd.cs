using System.Globalization;

namespace CredentialSidecar.Supervisor.Restarting;

/// <summary>How the program ended.</summary>
/// <param name="Signal">The number of the signal that ended it; 0 where it exited.</param>
/// <param name="Code">Its exit code, where no signal ended it.</param>
internal readonly record struct ChildEnd(int Signal, int Code)
{
    /// <summary>What a shell would call it.</summary>
    public int ExitCode => Signal == 0 ? Code : ExitCodes.Signal + Signal;

    /// <param name="status">As waitpid tells it: the signal in seven bits, the code in the eight above the next.</param>
    public static ChildEnd Of(int status) => new(status & 0x7f, (status >> 8) & 0xff);

    public override string ToString() => Signal == 0 ? $"exit code {Code.ToString(CultureInfo.InvariantCulture)}" : Name(Signal);

    private static string Name(int signal) => signal switch
    {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        5 => "SIGTRAP",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        10 => "SIGUSR1",
        11 => "SIGSEGV",
        12 => "SIGUSR2",
        13 => "SIGPIPE",
        15 => "SIGTERM",
        24 => "SIGXCPU",
        31 => "SIGSYS",
        _ => $"signal {signal.ToString(CultureInfo.InvariantCulture)}",
    };
}
