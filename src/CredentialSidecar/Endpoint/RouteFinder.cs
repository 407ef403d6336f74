using System.Collections.Frozen;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Endpoint;

/// <summary>Finds the route of a request by the listener of its connection, then by its path.</summary>
internal sealed class RouteFinder(ListenSettings listen, PassthroughSettings passthrough, SourceSettings source)
{
    private static readonly FrozenDictionary<(ListenerKind, Asked), Route> Known =
        Routes.All.ToFrozenDictionary(route => (route.Listener, route.Asked));

    private readonly CredentialsPath _path = new(listen.LocalEndpoints);
    private readonly OwnCredentialsPath? _own = source.Endpoint is { } endpoint ? new(endpoint) : null;

    /// <param name="wanted">What a credentials path names.</param>
    public Route Find(HttpContext http, out Wanted wanted)
    {
        var listener = Listeners.Of(http);
        return Known[(listener, Read(listener, http, out wanted))];
    }

    private Asked Read(ListenerKind listener, HttpContext http, out Wanted wanted)
    {
        wanted = default;
        return listener switch
        {
            ListenerKind.Credentials => OfSiblings(http, out wanted),
            ListenerKind.Socket or ListenerKind.Tls => OfCredentials(http, out wanted),
            ListenerKind.Intercepted => _own?.IsAskedBy(http) == true ? Asked.OwnCredentials : Asked.Agent,
            ListenerKind.Health => Asked.Status,
            ListenerKind.Control => Asked.Command,
            _ => Asked.Probe,
        };
    }

    // Skip the lookup if nothing is forwarded, since every GET of a sibling runs this code.
    private Asked OfSiblings(HttpContext http, out Wanted wanted)
    {
        wanted = default;
        return (passthrough.Metadata ? MetadataPath.Of(http) : AgentPart.None) switch
        {
            AgentPart.Metadata => Asked.Metadata,
            AgentPart.TaskProtection => http.Request.Method == HttpMethods.Put ? Asked.ProtectionChange : Asked.Protection,
            AgentPart.TaskRole => Asked.TaskRole,
            _ => OfCredentials(http, out wanted),
        };
    }

    // Containers that use the socket or TLS may be of another task, so nothing is forwarded from there.
    private Asked OfCredentials(HttpContext http, out Wanted wanted) =>
        _path.TryRead(http, out wanted) ? Asked.Credentials : Asked.OtherPath;
}
