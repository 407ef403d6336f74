namespace CredentialSidecar.Access;

/// <summary>The wall, the tokens or the throttle do not let a request in. Nothing of ours failed, and neither did STS.</summary>
/// <param name="message">For the developer of a sibling: what was wrong and what to do. Never holds a secret.</param>
internal sealed class RejectedException(RejectionReason reason, string message) : Exception(message)
{
    public RejectionReason Reason => reason;
}

/// <summary>Why a request is not let in. A closed set: it decides the HTTP status and a metric's tag.</summary>
internal enum RejectionReason
{
    /// <summary>The configuration has no destination of that name.</summary>
    UnknownDestination,

    /// <summary>The path is none of the contract's.</summary>
    UnknownPath,

    /// <summary>The request is no GET.</summary>
    WrongMethod,

    /// <summary>The authorization token is missing or wrong.</summary>
    Unauthorized,

    /// <summary>The token is a client's that may not read this destination.</summary>
    ForeignDestination,

    /// <summary>No container of this task makes such a request: its peer, Host or headers are another's.</summary>
    RequestNotAllowed,

    /// <summary>The request has a body that is larger than what is passed on to the agent.</summary>
    RequestTooLarge,

    /// <summary>The client asks more often than any SDK does.</summary>
    AskedTooOften,

    /// <summary>Interception does not let this connection or this request have anything.</summary>
    NotIntercepted,
}
