namespace CredentialSidecar.Access;

/// <summary>How many connections the process holds at once, computed at start from the container's limits.</summary>
/// <param name="Requests">For the credentials and the intercepted listeners together.</param>
/// <param name="Probes">For each probe listener.</param>
/// <param name="Waiting">Additional connections whose first request has not begun. Each probe listener has half as many.</param>
internal sealed record ConnectionLimits(int Requests, int Probes, int Waiting)
{
    /// <summary>
    /// How many connections of each listener may wait in the kernel. It drops further ones, and their clients retry after 1 s.
    /// </summary>
    /// <remarks>SDKs wait at most 1 s. The kernel charges the memory of a connection to the process once it is accepted.</remarks>
    public const int Backlog = 4096;

    /// <summary>Memory for the program itself: 35 MB resident when idle, and room for a garbage collection.</summary>
    private const long OwnMemory = 40L * 1024 * 1024;

    /// <summary>
    /// The highest measured cost of a hostile connection: two pipes, Kestrel's objects, and the kernel's buffers as
    /// <c>Listeners</c> sets them. A quarter is added for connections that wait to be accepted.
    /// </summary>
    private const long EachConnection = 160 * 1024;

    /// <summary>The full kernel buffer of a waiting connection. These buffers may use a quarter of the memory for connections.</summary>
    private const long EachWaiting = 4 * 24 * 1024;

    /// <summary>Descriptors for STS, the agent, files and the runtime.</summary>
    private const int OwnDescriptors = 64;

    /// <summary>A connection that is forwarded to the agent needs a second descriptor.</summary>
    private const int DescriptorsEach = 2;
    private const int Fewest = 32, Most = 1000, ProbesEach = 32, ProbeListeners = 2;

    /// <summary>Whether clients with many processes may reach the limit.</summary>
    public bool AreLow => Requests < 200;

    /// <param name="memory">The memory limit of the control group in bytes; null if there is none.</param>
    /// <param name="descriptors">How many files the process may have open.</param>
    public static ConnectionLimits For(long? memory, long descriptors)
    {
        var (bytes, files) = (memory - OwnMemory ?? long.MaxValue, descriptors - OwnDescriptors);
        var waiting = (int)Math.Clamp(Math.Min(bytes / EachWaiting, files / 5), Fewest, Most);
        var requests = Math.Min(bytes / EachConnection, (files - (2 * waiting)) / DescriptorsEach) - (ProbesEach * ProbeListeners);
        return new((int)Math.Clamp(requests, Fewest, Most), ProbesEach, waiting);
    }
}
