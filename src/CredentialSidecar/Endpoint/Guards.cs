namespace CredentialSidecar.Endpoint;

/// <summary>The checks that a request may have to pass. <see cref="Gate"/> makes them in this order.</summary>
[Flags]
internal enum Guards
{
    None = 0,

    /// <summary>CONNECT is rejected, because the sidecar is not a proxy.</summary>
    Tunnel = 1 << 0,

    /// <summary>The process at the other end of the Unix socket has the sidecar's uid, or is root (<c>SO_PEERCRED</c>).</summary>
    PeerCredentials = 1 << 1,

    /// <summary>The firewall redirected the connection, and the kernel names the uid that the port belongs to.</summary>
    RedirectedUid = 1 << 2,

    /// <summary>The Host header is 169.254.170.2, and the request line has a path, not the absolute URI that proxies expect.</summary>
    AgentHost = 1 << 3,

    /// <summary>The connection comes from this host, or from a network of <c>Access:Peers</c>.</summary>
    PeerAddress = 1 << 4,

    /// <summary>The request line has a path, not the absolute URI that a client sends to a proxy.</summary>
    ProxyForm = 1 << 5,

    /// <summary>The Host header is the address that the connection came to, or a name of <c>Access:Hosts</c>.</summary>
    HostName = 1 << 6,

    /// <summary>No header and no User-Agent that browsers send.</summary>
    BrowserHeaders = 1 << 7,

    /// <summary>No header that proxies add.</summary>
    ProxyHeaders = 1 << 8,

    /// <summary>No offer of another protocol, which would be a tunnel to the agent.</summary>
    Upgrade = 1 << 9,

    /// <summary>A method that is forwarded: GET, and PUT for task protection.</summary>
    ForwardedMethod = 1 << 10,

    /// <summary>No body.</summary>
    Body = 1 << 11,

    /// <summary>Only GET.</summary>
    Method = 1 << 12,

    /// <summary>A valid token, the uid of a client, or both identify the client. The connection then counts for that client.</summary>
    Client = 1 << 13,

    /// <summary>A request without a valid token counts against the rate limit that all such requests of its address share.</summary>
    StrangersCeiling = 1 << 14,

    /// <summary>The client stays within its rate limit.</summary>
    Ceiling = 1 << 15,
}
