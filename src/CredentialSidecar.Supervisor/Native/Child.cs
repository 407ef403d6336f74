using CredentialSidecar.Supervisor.Restarting;

namespace CredentialSidecar.Supervisor.Native;

/// <summary>Starts the program and reads its exit status. It uses posix_spawn, because a runtime with threads cannot fork.</summary>
internal static unsafe class Child
{
    // Larger than glibc's posix_spawn_file_actions_t and posix_spawnattr_t, of 80 and 336 bytes.
    private const int Room = 512;

    /// <param name="inherited">Descriptors that the program keeps; all others close as it starts.</param>
    /// <param name="mask">The signals that it finds blocked.</param>
    /// <returns>0, or the error.</returns>
    public static int Start(byte** arguments, IReadOnlyList<string> environment, IEnumerable<int> inherited, byte* mask, out int child)
    {
        byte* actions = stackalloc byte[Room], attributes = stackalloc byte[Room];
        _ = Libc.posix_spawn_file_actions_init(actions);
        _ = Libc.posix_spawnattr_init(attributes);
        _ = Libc.posix_spawnattr_setsigmask(attributes, mask);
        _ = Libc.posix_spawnattr_setflags(attributes, Libc.SetSignalMask);

        foreach (var descriptor in inherited)
        {
            // dup2 of a descriptor to itself keeps it open across exec (POSIX.1-2024, glibc 2.29).
            _ = Libc.posix_spawn_file_actions_adddup2(actions, descriptor, descriptor);
        }

        var variables = NativeText.WriteList(environment);
        int process;
        var error = Libc.posix_spawnp(&process, arguments[0], actions, attributes, arguments, variables);
        NativeText.Free(variables);
        _ = Libc.posix_spawn_file_actions_destroy(actions);
        child = process;
        return error;
    }

    /// <summary>Reaps ended processes: the program and, as pid 1, orphans.</summary>
    /// <returns>How the program ended; null where it has not.</returns>
    public static ChildEnd? Reap(int child)
    {
        ChildEnd? end = null;
        int status, process;

        while ((process = Libc.waitpid(-1, &status, Libc.NoHang)) > 0)
        {
            end = process == child ? ChildEnd.Of(status) : end;
        }

        return end;
    }
}
