using System.Net;

namespace CredentialSidecar.Endpoint;

/// <summary>An address and port with its row of the listener table.</summary>
internal sealed class ListenerEndPoint(IPEndPoint address, Listener row) : IPEndPoint(address.Address, address.Port)
{
    public Listener Row => row;

    /// <summary>The same listener at the port that the system chose.</summary>
    public ListenerEndPoint At(IPEndPoint bound) => new(bound, row);
}
