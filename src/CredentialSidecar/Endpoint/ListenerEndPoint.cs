using System.Net;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Endpoint;

/// <summary>An address and port that says which listener it is, so that a connection knows it from its acceptance on.</summary>
/// <param name="portKey">The setting that the port comes from.</param>
/// <param name="addressKey">The setting that the address comes from; null where it is always the same.</param>
internal sealed class ListenerEndPoint(IPAddress address, int port, Listener listener, string portKey, string? addressKey = null) : IPEndPoint(address, port)
{
    public Listener Listener => listener;

    public string PortKey => portKey;

    public string? AddressKey => addressKey;

    /// <summary>Whose redirected connections come in here.</summary>
    public InterceptedUser? User { get; init; }

    /// <summary>The same listener at the port that the system chose.</summary>
    public ListenerEndPoint At(IPEndPoint bound) => new(bound.Address, bound.Port, listener, portKey, addressKey) { User = User };
}
