using System.Runtime.CompilerServices;

namespace CredentialSidecar.Supervisor.Native;

/// <summary>Signals as data: blocked in every thread of this process, and read from a descriptor.</summary>
internal static unsafe class Signals
{
    public const int Hangup = 1, Interrupt = 2, Quit = 3, User1 = 10, User2 = 12, Pipe = 13, Terminate = 15, Child = 17;

    // struct signalfd_siginfo, and the ssi_code of what the kernel itself sends.
    private const int InfoSize = 128;
    private const int FromKernel = 0x80;

    private static readonly int[] Read = [Hangup, Interrupt, Quit, User1, User2, Terminate, Child];

    private static volatile bool _isBlockedInRuntime;

    /// <param name="mask">Receives the previous signal mask, which the program gets.</param>
    /// <returns>The descriptor to read signals from; negative where the kernel refused it.</returns>
    public static int Open(byte* mask)
    {
        // Ignored, the end of a child would leave nothing to wait for.
        byte* action = stackalloc byte[Libc.SignalActionSize];
        new Span<byte>(action, Libc.SignalActionSize).Clear();
        _ = Libc.sigaction(Child, action, null);

        byte* set = stackalloc byte[Libc.SignalSetSize];
        Fill(set);
        var descriptor = Libc.signalfd(-1, set, Libc.CloseOnExec | Libc.NonBlocking);
        _ = Libc.pthread_sigmask(Libc.BlockThese, WithPipe(set), mask);
        BlockInRuntime();
        return descriptor;
    }

    /// <returns>The next signal, and whether a terminal sent it to the whole process group; null where none is waiting.</returns>
    public static (int Number, bool IsOfTerminal)? Next(int descriptor)
    {
        byte* info = stackalloc byte[InfoSize];
        return Libc.read(descriptor, info, InfoSize) == InfoSize ? (*(int*)info, ((int*)info)[2] == FromKernel) : null;
    }

    // The kernel delivers a signal to any thread that does not block it, so the runtime's finalizer thread must block it too.
    private static void BlockInRuntime()
    {
        while (!_isBlockedInRuntime)
        {
            Leave();
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    // A separate stack frame, so that no reference on the stack keeps the object alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Leave() => _ = new Blocker();

    private static void Fill(byte* set)
    {
        new Span<byte>(set, Libc.SignalSetSize).Clear();

        foreach (var signal in Read)
        {
            Libc.Add(set, signal);
        }
    }

    // The supervisor must not end when its standard error is closed.
    private static byte* WithPipe(byte* set)
    {
        Libc.Add(set, Pipe);
        return set;
    }

    private sealed class Blocker
    {
        ~Blocker()
        {
            byte* set = stackalloc byte[Libc.SignalSetSize];
            Fill(set);
            _ = Libc.pthread_sigmask(Libc.BlockThese, WithPipe(set), null);
            _isBlockedInRuntime = true;
        }
    }
}
