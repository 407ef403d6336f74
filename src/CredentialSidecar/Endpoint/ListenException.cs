using System.Net.Sockets;

namespace CredentialSidecar.Endpoint;

/// <summary>The sidecar cannot listen on one of its addresses.</summary>
/// <remarks>Not Kestrel's AddressInUseException, because Kestrel replaces that one by an exception without the address.</remarks>
internal sealed class ListenException(ListenerEndPoint address, SocketException inner) : Exception(inner.Message, inner)
{
    public ListenerEndPoint Address => address;

    public SocketError Error => inner.SocketErrorCode;
}
