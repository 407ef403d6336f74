namespace CredentialSidecar.Access;

/// <summary>
/// Thrown when the wall, the token check or the throttle rejects a request. The sidecar, the source and STS did not fail.
/// </summary>
/// <param name="message">For the developer of a sibling: what was wrong and what to do. Never holds a secret.</param>
internal sealed class RejectedException(RejectionReason reason, string message) : Exception(message)
{
    public RejectionReason Reason => reason;
}

/// <summary>Why a request is rejected. A closed set: it decides the HTTP status and a metric's tag.</summary>
internal enum RejectionReason
{
    /// <summary>The configuration has no destination of that name.</summary>
    UnknownDestination,

    /// <summary>The contract has no such path.</summary>
    UnknownPath,

    /// <summary>The method is not GET.</summary>
    WrongMethod,

    /// <summary>The authorization token is missing or wrong.</summary>
    Unauthorized,

    /// <summary>The token is valid only for connections of another uid.</summary>
    WrongUser,

    /// <summary>The token belongs to a client that may not read this destination.</summary>
    ForeignDestination,

    /// <summary>The peer address, the Host or the headers show that no container of this task sent it.</summary>
    RequestNotAllowed,

    /// <summary>The request body is larger than the sidecar forwards to the agent.</summary>
    RequestTooLarge,

    /// <summary>The client sends requests more often than any SDK does.</summary>
    AskedTooOften,

    /// <summary>The intercepted listener does not serve this connection or request.</summary>
    NotIntercepted,
}
