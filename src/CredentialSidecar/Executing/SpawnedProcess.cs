using System.Runtime.InteropServices;

namespace CredentialSidecar.Executing;

/// <summary>A process that leads a process group, by posix_spawn, because a runtime with threads cannot fork.</summary>
internal static class SpawnedProcess
{
    private const int ReadOnly = 0;

    /// <returns>0, or the error.</returns>
    public static int Start(ProgramStart start, int output, int errors, out int process)
    {
        Span<byte> actions = stackalloc byte[Libc.Room];
        Span<byte> attributes = stackalloc byte[Libc.Room];
        Span<byte> none = stackalloc byte[Libc.Room];
        Span<byte> all = stackalloc byte[Libc.Room];
        none.Clear();
        all.Fill(byte.MaxValue);
        _ = Libc.InitActions(actions);
        _ = Libc.InitAttributes(attributes);

        try
        {
            _ = Libc.AddOpen(actions, 0, "/dev/null", ReadOnly, 0);
            _ = Libc.AddDuplicate(actions, output, 1);
            _ = Libc.AddDuplicate(actions, errors, 2);

            // In the child, so that it also closes what another thread opens meanwhile.
            _ = Libc.AddCloseFrom(actions, 3);
            _ = Libc.SetProcessGroup(attributes, 0);

            // .NET ignores SIGPIPE, which a program would inherit.
            _ = Libc.SetDefaults(attributes, all);
            _ = Libc.SetMask(attributes, none);
            _ = Libc.SetFlags(attributes, (short)(Libc.SetGroup | Libc.SetSignalDefaults | Libc.SetSignalMask));
            using var arguments = new NativeStrings([start.Path, .. start.Arguments]);
            using var environment = new NativeStrings(start.Environment);
            return Libc.Spawn(out process, arguments.First, actions, attributes, arguments.List, environment.List);
        }
        finally
        {
            _ = Libc.DestroyActions(actions);
            _ = Libc.DestroyAttributes(attributes);
        }
    }

    /// <summary>Whether the program has ended. It is not reaped, so its number stays its own.</summary>
    public static bool HasEnded(int process)
    {
        Span<byte> info = stackalloc byte[Libc.Room];
        info.Clear();
        var error = Libc.WaitFor(Libc.OneProcess, process, info, Libc.Exited | Libc.NoHang | Libc.NoReap);

        // siginfo_t begins with the signal's number, which is 0 where nothing has ended. An error: another part has reaped it.
        return error != 0 ? Marshal.GetLastPInvokeError() != Libc.Interrupted : MemoryMarshal.Read<int>(info) != 0;
    }

    /// <summary>Kills the process group.</summary>
    public static void Kill(int process) => _ = Libc.SendSignal(-process, Libc.Kill);

    /// <summary>Kills the process group and reaps the program. As pid 1, this process also reaps the others of the group.</summary>
    /// <remarks>The leader is not reaped before, so the number of the group cannot belong to another one.</remarks>
    /// <returns>The program's wait status; null if another part of this process reaped it.</returns>
    public static int? End(int process)
    {
        Kill(process);
        int reaped, status;
        int? own = null;

        do
        {
            reaped = Libc.Reap(-process, out status, 0);
            own = reaped == process ? status : own;
        }
        while (reaped > 0 || (reaped < 0 && Marshal.GetLastPInvokeError() == Libc.Interrupted));

        return own;
    }
}
