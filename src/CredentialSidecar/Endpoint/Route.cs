namespace CredentialSidecar.Endpoint;

/// <summary>What a request asks for, as far as that decides which guards it must pass.</summary>
internal enum Asked
{
    /// <summary>Credentials of a destination.</summary>
    Credentials,

    /// <summary>Any path that the credentials listener does not have.</summary>
    OtherPath,

    /// <summary>Task metadata, where <c>Passthrough:Metadata</c> is set.</summary>
    Metadata,

    /// <summary>Task protection, but for its change.</summary>
    Protection,

    /// <summary>A change of task protection, the one request with a body.</summary>
    ProtectionChange,

    /// <summary>The task role of the agent.</summary>
    TaskRole,

    /// <summary>The task's own credentials, asked of the agent and redirected.</summary>
    OwnCredentials,

    /// <summary>Anything else that is asked of the agent and redirected.</summary>
    Agent,

    /// <summary>Probes and <c>/status</c> on loopback.</summary>
    Status,

    /// <summary>Probes on the address that a kubelet asks.</summary>
    Probe,

    /// <summary>A command to the sidecar, on the control socket.</summary>
    Command,
}

/// <summary>One kind of request on one kind of listener: which guards it must pass, and who answers it then.</summary>
/// <param name="Endpoint">The type of the <see cref="IEndpoint"/>.</param>
internal sealed record Route(ListenerKind Listener, Asked Asked, Type Endpoint, Guards Guards);

/// <summary>Answers the requests of some routes.</summary>
internal interface IEndpoint
{
    /// <summary>Answers a request that every guard of its route has let pass.</summary>
    Task AnswerAsync(HttpContext http, Route route);

    /// <summary>Answers a request that a guard or <see cref="AnswerAsync"/> refused.</summary>
    Task RefuseAsync(HttpContext http, Route route, ContractError error);
}
