namespace CredentialSidecar.Shared.Native;

/// <summary>Numbers of the Linux kernel, the same on x86-64 and arm64.</summary>
internal static class Errno
{
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int ExecFormat = 8;
    public const int Again = 11;
    public const int Access = 13;
    public const int NoDevice = 19;
    public const int NotDirectory = 20;
    public const int TooManyFilesOfAll = 23;
    public const int TooManyFiles = 24;
    public const int AddressInUse = 98;
    public const int TimedOut = 110;
    public const int InProgress = 115;
    public const int Stale = 116;
}
