using CredentialSidecar.Networking;

namespace CredentialSidecar.Endpoint;

/// <summary>Asks the kernel for the user at the other end of an accepted connection; tests replace it.</summary>
internal delegate LocalPeer FindPeer(int fd);

/// <summary>The user at the other end of a connection. The kernel is asked once, when a request needs the answer.</summary>
/// <remarks>A connection keeps its user: if a process passes the connection on, it passes on its right to read.</remarks>
internal sealed class PeerUser(Func<LocalPeer> ask)
{
    private readonly Lock _gate = new();
    private LocalPeer? _found;

    public LocalPeer Found
    {
        get
        {
            lock (_gate)
            {
                return _found ??= ask();
            }
        }
    }

    /// <param name="peer">Null on a listener that does not ask the kernel.</param>
    public static LocalPeer Of(PeerUser? peer) => peer?.Found ?? new LocalPeer(null, "the listener does not know it");
}
