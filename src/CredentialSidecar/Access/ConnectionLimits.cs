namespace CredentialSidecar.Access;

/// <summary>How many connections the process holds at once. Derived once, at start, from what the machine allows.</summary>
/// <param name="Requests">For the listeners of credentials and of interception together.</param>
/// <param name="Probes">For each listener of probes, on its own.</param>
internal sealed record ConnectionLimits(int Requests, int Probes)
{
    /// <summary>
    /// Connections that wait in the kernel to be accepted, for each listener. The kernel drops what is more, and the client tries
    /// again after a second, the longest that SDKs wait. Memory of a connection is charged to us once it is accepted.
    /// </summary>
    public const int Backlog = 4096;

    /// <summary>What the program needs for itself: 35 MB resident when idle, and room for a collection of garbage.</summary>
    private const long OwnMemory = 40L * 1024 * 1024;

    /// <summary>
    /// The most that a hostile connection was seen to cost: two pipes, Kestrel's objects, and the kernel's buffers as
    /// <c>Listeners</c> sets them. A quarter on top is for those that wait to be accepted.
    /// </summary>
    private const long EachConnection = 160 * 1024;

    /// <summary>Descriptors for STS, the agent, files and the runtime.</summary>
    private const int OwnDescriptors = 64;

    /// <summary>A connection that is passed on to the agent takes a second descriptor.</summary>
    private const int DescriptorsEach = 2;

    private const int Fewest = 32, Most = 1000, ProbesEach = 32, ProbeListeners = 2;

    /// <summary>Whether clients with many processes may meet the limit.</summary>
    public bool AreLow => Requests < 200;

    /// <param name="memory">The memory limit of the control group in bytes; null where there is none.</param>
    /// <param name="descriptors">How many files the process may have open.</param>
    public static ConnectionLimits For(long? memory, long descriptors)
    {
        var byMemory = memory is { } bytes ? (bytes - OwnMemory) / EachConnection : long.MaxValue;
        var byDescriptors = (descriptors - OwnDescriptors) / DescriptorsEach;
        var requests = (int)Math.Clamp(Math.Min(byMemory, byDescriptors) - (ProbesEach * ProbeListeners), Fewest, Most);
        return new(requests, ProbesEach);
    }
}
