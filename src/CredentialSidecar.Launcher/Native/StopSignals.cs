using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CredentialSidecar.Launcher.Native;

/// <summary>Lets a stop signal end the wait.</summary>
/// <remarks>In a container the launcher is pid 1, and the kernel drops a signal for which pid 1 has no handler.</remarks>
internal static unsafe class StopSignals
{
    // SIGHUP, SIGINT, SIGQUIT, SIGTERM.
    private static readonly int[] Signals = [1, 2, 3, 15];

    /// <summary>Runs something that takes a while, and ends the process with 128 and the signal's number if one comes.</summary>
    public static T While<T>(Func<T> waiting)
    {
        byte* set = stackalloc byte[Libc.SignalSetSize], mask = stackalloc byte[Libc.SignalSetSize];
        new Span<byte>(set, Libc.SignalSetSize).Clear();

        foreach (var signal in Signals)
        {
            if (Handle(signal))
            {
                Libc.Add(set, signal);
            }
        }

        // Blocked here, a signal goes to the runtime's other thread, which sleeps: a handler must not break into managed code.
        _ = Libc.pthread_sigmask(Libc.BlockThese, set, mask);
        var result = waiting();

        // Exec keeps the mask, and puts each handler back to the default.
        _ = Libc.pthread_sigmask(Libc.SetMask, mask, null);
        return result;
    }

    // What was ignored on arrival stays ignored.
    private static bool Handle(int signal)
    {
        byte* action = stackalloc byte[Libc.SignalActionSize], old = stackalloc byte[Libc.SignalActionSize];
        new Span<byte>(action, Libc.SignalActionSize).Clear();
        *(delegate* unmanaged[Cdecl]<int, void>*)action = &End;
        return Libc.sigaction(signal, null, old) == 0 && *(nint*)old == 0 && Libc.sigaction(signal, action, null) == 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void End(int signal) => Libc._exit(ExitCodes.Signal + signal);
}
