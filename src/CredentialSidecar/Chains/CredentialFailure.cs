namespace CredentialSidecar.Chains;

/// <summary>Why no credentials could be had. A closed set: it decides the HTTP status, the pacing and a metric's tag.</summary>
internal enum CredentialFailure
{
    /// <summary>Nothing has been tried yet, or the first attempt is still under way.</summary>
    NotReady,

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

    /// <summary>The source cannot be reached, says wait, or answers something that is no set of credentials.</summary>
    SourceUnavailable,

    /// <summary>The source refuses us: it needs a person.</summary>
    SourceRefused,

    /// <summary>STS no longer accepts the credentials that signed the call; newer ones may do.</summary>
    SignerRejected,

    /// <summary>STS cannot be reached, fails, or answers something that is no STS answer.</summary>
    StsUnavailable,

    /// <summary>STS asks to be called less often.</summary>
    Throttled,

    /// <summary>A policy does not allow the hop.</summary>
    Denied,

    /// <summary>STS calls an input of the hop wrong, so the configuration must change.</summary>
    InvalidHop,

    /// <summary>A fault of our own.</summary>
    Internal,
}

internal static class CredentialFailures
{
    /// <summary>Whether the request was rejected by the wall, the tokens or the throttle. All else is a failure of ours, of STS or of the source.</summary>
    public static bool IsRejection(this CredentialFailure failure) => failure
        is CredentialFailure.UnknownDestination or CredentialFailure.UnknownPath or CredentialFailure.WrongMethod or CredentialFailure.Unauthorized
        or CredentialFailure.ForeignDestination or CredentialFailure.RequestNotAllowed or CredentialFailure.RequestTooLarge or CredentialFailure.AskedTooOften or CredentialFailure.NotIntercepted;
}
