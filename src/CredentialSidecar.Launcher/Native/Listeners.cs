using CredentialSidecar.Launcher.Listening;

namespace CredentialSidecar.Launcher.Native;

/// <summary>Asks the kernel who listens on a port of 127.0.0.1, in this network namespace.</summary>
internal static class Listeners
{
    /// <summary>The users of all sockets that could take a connection; null where the kernel does not tell.</summary>
    public static List<uint>? UidsOn(int port)
    {
        var found = new List<Listener>();

        if (!SocketDiag.TryList(port, found))
        {
            found.Clear();

            if (Files.ReadKernel("/proc/net/tcp") is not { } four)
            {
                return null;
            }

            ProcNetTcp.Read(four, port, found);

            // These files do not tell which listener on :: takes no IPv4. One that does cannot stand beside a listener for IPv4.
            if (!found.Exists(listener => listener.TakesLoopback))
            {
                ProcNetTcp.Read(Files.ReadKernel("/proc/net/tcp6") ?? "", port, found);
            }
        }

        return found.FindAll(listener => listener.TakesLoopback).ConvertAll(listener => listener.Uid);
    }
}
