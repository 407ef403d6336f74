namespace CredentialSidecar.Access;

/// <summary>How many connections the process holds at once. Derived once, at start, from what the machine allows.</summary>
/// <param name="Requests">For the listeners of credentials and of interception together.</param>
/// <param name="Probes">For each listener of probes, on its own.</param>
/// <param name="Waiting">Connections whose first request has not begun, beside the others. Each listener of probes has half as many.</param>
internal sealed record ConnectionLimits(int Requests, int Probes, int Waiting)
{
    /// <summary>How many connections of each listener may wait in the kernel. It drops others, and their clients repeat after 1 s.</summary>
    /// <remarks>A second is the longest that SDKs wait. The memory of a connection is charged to the process once it is accepted.</remarks>
    public const int Backlog = 4096;

    /// <summary>What the program needs for itself: 35 MB resident when idle, and room for a collection of garbage.</summary>
    private const long OwnMemory = 40L * 1024 * 1024;

    /// <summary>
    /// The most that a hostile connection was seen to cost: two pipes, Kestrel's objects, and the kernel's buffers as
    /// <c>Listeners</c> sets them. A quarter on top is for those that wait to be accepted.
    /// </summary>
    private const long EachConnection = 160 * 1024;

    /// <summary>The kernel's buffer, full, of one that waits. They may fill a quarter of the memory for connections.</summary>
    private const long EachWaiting = 4 * 24 * 1024;

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
        var (bytes, files) = (memory - OwnMemory ?? long.MaxValue, descriptors - OwnDescriptors);
        var waiting = (int)Math.Clamp(Math.Min(bytes / EachWaiting, files / 5), Fewest, Most);
        var requests = Math.Min(bytes / EachConnection, (files - (2 * waiting)) / DescriptorsEach) - (ProbesEach * ProbeListeners);
        return new((int)Math.Clamp(requests, Fewest, Most), ProbesEach, waiting);
    }
}
