namespace CredentialSidecar.Endpoint;

/// <summary>What a request asks for, as far as the guards depend on it.</summary>
internal enum Asked
{
    /// <summary>Credentials of a destination.</summary>
    Credentials,

    /// <summary>Any path that the credentials listener does not have.</summary>
    OtherPath,

    /// <summary>Task metadata, if <c>Passthrough:Metadata</c> is set.</summary>
    Metadata,

    /// <summary>Reading task protection.</summary>
    Protection,

    /// <summary>Changing task protection, the only request with a body.</summary>
    ProtectionChange,

    /// <summary>The task role of the agent.</summary>
    TaskRole,

    /// <summary>The task's own credentials, on a connection to the agent that was redirected.</summary>
    OwnCredentials,

    /// <summary>Any other request on a connection to the agent that was redirected.</summary>
    Agent,

    /// <summary>Probes and <c>/status</c> on loopback.</summary>
    Status,

    /// <summary>Probes on the address that a kubelet uses.</summary>
    Probe,

    /// <summary>A command to the sidecar, on the control socket.</summary>
    Command,
}

/// <summary>One kind of request on one kind of listener: the guards it must pass, and the endpoint that answers.</summary>
/// <param name="Endpoint">The type of the <see cref="IEndpoint"/>.</param>
internal sealed record Route(ListenerKind Listener, Asked Asked, Type Endpoint, Guards Guards)
{
    /// <summary>What is asked, with the listener if several listeners are asked for it.</summary>
    public string Name => Listener is ListenerKind.Socket or ListenerKind.Tls ? $"{Listener}.{Asked}" : $"{Asked}";
}

/// <summary>Answers the requests of some routes.</summary>
internal interface IEndpoint
{
    /// <summary>Answers a request that passed every guard of its route.</summary>
    Task AnswerAsync(HttpContext http, Route route);

    /// <summary>Answers a request that a guard or <see cref="AnswerAsync"/> refused.</summary>
    Task RefuseAsync(HttpContext http, Route route, ContractError error);
}
