using System.Net;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Endpoint;

/// <summary>The purpose of a listener. A request cannot choose another one.</summary>
internal enum ListenerKind
{
    Credentials,

    /// <summary>Credentials on a Unix socket in a shared directory.</summary>
    Socket,

    /// <summary>Credentials over TLS.</summary>
    Tls,

    /// <summary>Probes and <c>/status</c>, on loopback.</summary>
    Health,

    /// <summary>Only probes, on the address that a kubelet uses.</summary>
    Probes,

    /// <summary>Connections to the ECS agent that interception redirects.</summary>
    Intercepted,

    /// <summary>Commands, on a Unix socket.</summary>
    Control,
}

/// <summary>A row of the table of listeners. <see cref="Routes"/> says what is checked there, and who answers.</summary>
/// <param name="Address">An address and port, or the path of a Unix socket.</param>
/// <param name="Key">The setting that the port or the path comes from.</param>
/// <param name="AddressKey">The setting that the address comes from; null if the address is fixed.</param>
internal sealed record Listener(ListenerKind Kind, EndPoint Address, string Key, string? AddressKey = null)
{
    /// <summary>The uid whose redirected connections arrive here.</summary>
    public InterceptedUser? User { get; init; }

    /// <summary>Whether siblings request credentials there.</summary>
    public bool Serves => IsReadable || Kind == ListenerKind.Tls;

    /// <summary>Whether a request can be looked at before Kestrel reads it.</summary>
    public bool IsReadable => Kind is ListenerKind.Credentials or ListenerKind.Socket;

    public bool IsProbed => Kind is ListenerKind.Health or ListenerKind.Probes;
}
