using System.Net;
using System.Net.Sockets;

namespace CredentialSidecar.Endpoint;

/// <summary>The sidecar cannot listen on one of its addresses.</summary>
/// <remarks>Not Kestrel's AddressInUseException, because Kestrel replaces that one by an exception without the address.</remarks>
internal sealed class ListenException(EndPoint address, Listener row, Exception cause) : Exception(cause.Message, cause)
{
    /// <summary>An address and port, or the path of a Unix socket.</summary>
    public EndPoint Address => address;

    public Listener Row => row;

    /// <summary>The error of the address; for a Unix socket, the message is a clause.</summary>
    public SocketError? Error => (InnerException as SocketException)?.SocketErrorCode;
}
