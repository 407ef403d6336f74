using System.Net;

namespace CredentialSidecar.Endpoint;

/// <summary>An address and port that says which listener it is, so that a connection knows it from its acceptance on.</summary>
internal sealed class ListenerEndPoint(IPAddress address, int port, Listener listener) : IPEndPoint(address, port)
{
    public Listener Listener => listener;
}
