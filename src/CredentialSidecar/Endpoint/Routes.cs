using System.Collections.Immutable;
using static CredentialSidecar.Endpoint.Guards;

namespace CredentialSidecar.Endpoint;

/// <summary>The guards of each route. SECURITY.md shows this table, and a test compares the two.</summary>
internal static class Routes
{
    private const Guards Name = ProxyForm | HostName;
    private const Guards Headers = BrowserHeaders | ProxyHeaders | Body;
    private const Guards InnerWall = Tunnel | Name | Headers | Method;
    private const Guards Wall = InnerWall | PeerAddress;
    private const Guards Identified = Guards.Client | StrangersCeiling | Ceiling;
    private const Guards PassedOn = Tunnel | PeerAddress | Name | BrowserHeaders | Upgrade | ForwardedMethod | Ceiling;

    private const Guards Redirected = Tunnel | RedirectedUid | AgentHost;

    public static readonly ImmutableArray<Route> All =
    [
        new(ListenerKind.Credentials, Asked.Credentials, typeof(CredentialsEndpoint), Wall | Identified),
        new(ListenerKind.Credentials, Asked.OtherPath, typeof(CredentialsEndpoint), Wall),
        new(ListenerKind.Credentials, Asked.TaskRole, typeof(MetadataEndpoint), Wall | Guards.Client | Ceiling),
        new(ListenerKind.Credentials, Asked.Metadata, typeof(MetadataEndpoint), PassedOn | Body),
        new(ListenerKind.Credentials, Asked.Protection, typeof(MetadataEndpoint), PassedOn | Body),
        new(ListenerKind.Credentials, Asked.ProtectionChange, typeof(MetadataEndpoint), PassedOn),
        new(ListenerKind.Socket, Asked.Credentials, typeof(CredentialsEndpoint), InnerWall | Identified),
        new(ListenerKind.Socket, Asked.OtherPath, typeof(CredentialsEndpoint), InnerWall),
        new(ListenerKind.Tls, Asked.Credentials, typeof(CredentialsEndpoint), Wall | Identified),
        new(ListenerKind.Tls, Asked.OtherPath, typeof(CredentialsEndpoint), Wall),
        new(ListenerKind.Intercepted, Asked.OwnCredentials, typeof(InterceptedEndpoint), Redirected | Headers | Ceiling),
        new(ListenerKind.Intercepted, Asked.Agent, typeof(InterceptedEndpoint), Redirected | BrowserHeaders | Upgrade),
        new(ListenerKind.Health, Asked.Status, typeof(ProbeEndpoint), Tunnel | Name | Headers),
        new(ListenerKind.Probes, Asked.Probe, typeof(ProbeEndpoint), Tunnel),
        new(ListenerKind.Control, Asked.Command, typeof(ControlEndpoint), Tunnel | PeerCredentials | Body),
    ];

    /// <summary>Whether all routes of a listener have this guard.</summary>
    public static bool IsOn(ListenerKind listener, Guards guard) =>
        All.Any(route => route.Listener == listener && route.Guards.HasFlag(guard));
}
