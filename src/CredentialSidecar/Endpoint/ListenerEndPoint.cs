using System.Net;

namespace CredentialSidecar.Endpoint;

/// <summary>An address and port that knows its row of the table, for what opens and accepts.</summary>
internal sealed class ListenerEndPoint(IPEndPoint address, Listener row) : IPEndPoint(address.Address, address.Port)
{
    public Listener Row => row;

    /// <summary>The same listener at the port that the system chose.</summary>
    public ListenerEndPoint At(IPEndPoint bound) => new(bound, row);
}
