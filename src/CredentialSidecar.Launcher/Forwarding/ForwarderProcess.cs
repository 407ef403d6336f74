using System.Runtime.InteropServices;
using CredentialSidecar.Launcher.Native;

namespace CredentialSidecar.Launcher.Forwarding;

/// <summary>Makes the forwarder: a copy of this process that begins before the launcher reads any variable or token.</summary>
/// <remarks>
/// A copy without SIGCHLD (clone with no exit signal), so that the program neither waits for it nor notices it. Starting another
/// program instead would restore the signal.
/// </remarks>
internal static unsafe class ForwarderProcess
{
    private const int NameOption = 15, Ignore = 1, StandardError = 2, DuplicateAndCloseOnExec = 1030, Most = 1024;

    private static readonly int[] Ignored = [1, 2, 3, 13, 15];

    private static int s_pair = -1;

    /// <summary>Makes the copy if the arguments or variables ask for it.</summary>
    /// <remarks>The copy waits for <see cref="Start"/>, and ends with the launcher.</remarks>
    public static void Prepare(byte** arguments, byte** environment)
    {
        int* pair = stackalloc int[2];

        if (!IsWanted(arguments, environment) || Libc.socketpair(Libc.UnixFamily, Libc.PacketSocket | Libc.CloseOnExec, 0, pair) != 0)
        {
            return;
        }

        // Away from the standard streams, where one of them was closed.
        (pair[0], pair[1]) = (Above(pair[0]), Above(pair[1]));
        var parent = Libc.getpid();
        var child = Libc.syscall(SystemCall.Clone, 0, 0, 0, 0, 0);

        if (child == 0)
        {
            _ = Libc.close(pair[0]);
            Forget(arguments, "credential-forward"u8);
            Forget(environment, default);
            Serve(pair[1], parent);
            Libc._exit(ExitCodes.Ok);
        }

        _ = Libc.close(pair[1]);
        s_pair = child < 0 ? -1 : pair[0];
    }

    /// <summary>Lets the forwarder listen.</summary>
    /// <param name="port">The port it listens on.</param>
    /// <returns>The error number; 0 for none.</returns>
    public static int Start(ForwardOrder order, out int port)
    {
        ForwardReply reply = default;
        port = 0;

        if (s_pair < 0 || Libc.send(s_pair, (byte*)&order, sizeof(ForwardOrder), Libc.NoSignal) != sizeof(ForwardOrder)
            || Libc.recv(s_pair, (byte*)&reply, sizeof(ForwardReply), 0) != sizeof(ForwardReply))
        {
            return Errno.Again;
        }

        port = reply.Port;
        return reply.Error;
    }

    private static int Above(int descriptor)
    {
        if (descriptor > StandardError)
        {
            return descriptor;
        }

        var above = Libc.fcntl(descriptor, DuplicateAndCloseOnExec, StandardError + 1);
        _ = Libc.close(descriptor);
        return above;
    }

    private static bool IsWanted(byte** arguments, byte** environment) =>
        Contains(arguments + 1, "--forward"u8) || Contains(environment, "CREDENTIAL_LAUNCH_FORWARD=true"u8);

    private static bool Contains(byte** list, ReadOnlySpan<byte> wanted)
    {
        for (; *list is not null; list++)
        {
            var text = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(*list);

            if (text.SequenceEqual(wanted))
            {
                return true;
            }

            // The program's own arguments.
            if (text.SequenceEqual("--"u8))
            {
                return false;
            }
        }

        return false;
    }

    /// <summary>Overwrites texts, which this process has its own copies of.</summary>
    private static void Forget(byte** list, ReadOnlySpan<byte> name)
    {
        for (; *list is not null; list++)
        {
            var text = new Span<byte>(*list, MemoryMarshal.CreateReadOnlySpanFromNullTerminated(*list).Length);
            text.Clear();
            name[..Math.Min(name.Length, text.Length)].CopyTo(text);
            name = default;
        }
    }

    private static void Serve(int pair, int parentId)
    {
        Detach(ref pair);
        ForwardOrder order;

        if (Libc.recv(pair, (byte*)&order, sizeof(ForwardOrder), 0) != sizeof(ForwardOrder))
        {
            return;
        }

        var listener = LoopbackListener.Await(order.Port, out var port, out var error);
        var reply = new ForwardReply { Error = error, Port = port };
        _ = Libc.send(pair, (byte*)&reply, sizeof(ForwardReply), Libc.NoSignal);
        _ = Libc.close(pair);

        if (listener >= 0)
        {
            new Forwarder(order, listener, port, (int)Libc.syscall(SystemCall.OpenProcess, parentId, 0, 0, 0, 0)).Run(parentId);
        }
    }

    // Signals for the program's group and terminal, its directory and its descriptors are not the forwarder's.
    private static void Detach(ref int pair)
    {
        byte* action = stackalloc byte[Libc.SignalActionSize];
        new Span<byte>(action, Libc.SignalActionSize).Clear();
        *(nint*)action = Ignore;

        foreach (var signal in Ignored)
        {
            _ = Libc.sigaction(signal, action, null);
        }

        _ = Libc.setsid();

        fixed (byte* root = "/\0"u8, nothing = "/dev/null\0"u8, name = "credential-fwd\0"u8)
        {
            _ = Libc.chdir(root);
            _ = Libc.prctl(NameOption, (nuint)name, 0, 0, 0);
            var empty = Libc.open(nothing, 2);
            _ = Libc.dup2(empty, 0);
            _ = Libc.dup2(empty, 1);
        }

        pair = Libc.dup2(pair, 3);

        // Linux before 5.9 does not have close_range.
        for (var i = Libc.syscall(SystemCall.CloseRange, 4, int.MaxValue, 0, 0, 0) == 0 ? Most : 4; i < Most; i++)
        {
            _ = Libc.close(i);
        }
    }
}
