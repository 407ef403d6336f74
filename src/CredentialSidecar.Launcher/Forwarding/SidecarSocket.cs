using System.Runtime.InteropServices;
using CredentialSidecar.Launcher.Native;

namespace CredentialSidecar.Launcher.Forwarding;

/// <summary>Opens the sidecar's Unix socket as the user of a program, and checks who listens there.</summary>
internal static unsafe class SidecarSocket
{
    private const int AddressSize = 2 + ForwardOrder.PathSize, PeerCredentials = 17, CredentialsSize = 12, UidAt = 4;

    /// <returns>A connected socket; negative if there is none.</returns>
    public static int Open(in ForwardOrder order, uint user, out ForwardTrouble trouble)
    {
        var own = Libc.geteuid();

        // The sidecar sees the uid that connects, so the forwarder must have that uid at this moment.
        if (user != own && !Become(user))
        {
            trouble = ForwardTrouble.OtherUser;
            return -1;
        }

        var socket = Libc.socket(Libc.UnixFamily, Libc.StreamSocket | Libc.NonBlocking | Libc.CloseOnExec, 0);
        var error = socket < 0 || Connect(socket, order) != 0 ? Marshal.GetLastPInvokeError() : 0;

        if (user != own)
        {
            _ = Become(own);
        }

        trouble = error != 0 ? Translate(error) : Trusts(socket, order) ? ForwardTrouble.None : ForwardTrouble.Stranger;

        if (trouble == ForwardTrouble.None)
        {
            return socket;
        }

        _ = socket < 0 ? 0 : Libc.close(socket);
        return -1;
    }

    // The call of the C library would wait for the runtime's other threads, which this process does not have.
    private static bool Become(uint user) => Libc.syscall(SystemCall.SetUsers, -1, (nint)user, -1, 0, 0) == 0;

    private static int Connect(int socket, in ForwardOrder order)
    {
        byte* address = stackalloc byte[AddressSize];
        *(short*)address = Libc.UnixFamily;

        fixed (byte* path = order.Path)
        {
            new ReadOnlySpan<byte>(path, ForwardOrder.PathSize).CopyTo(new Span<byte>(address + 2, ForwardOrder.PathSize));
        }

        return Libc.connect(socket, address, AddressSize);
    }

    private static bool Trusts(int socket, in ForwardOrder order)
    {
        byte* credentials = stackalloc byte[CredentialsSize];
        var length = CredentialsSize;
        return order.TrustsAnyone || (Libc.getsockopt(socket, Libc.SocketLevel, PeerCredentials, (int*)credentials, &length) == 0
            && *(uint*)(credentials + UidAt) == order.SidecarUid);
    }

    // A full queue of the listener passes like a restart.
    private static ForwardTrouble Translate(int error) => error switch
    {
        Errno.NoEntry or Errno.NotDirectory => ForwardTrouble.Missing,
        Errno.Access => ForwardTrouble.Denied,
        Errno.TooManyFiles or Errno.TooManyFilesOfAll => ForwardTrouble.Exhausted,
        _ => ForwardTrouble.Refused,
    };
}
