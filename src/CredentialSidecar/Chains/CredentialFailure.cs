namespace CredentialSidecar.Chains;

/// <summary>
/// What failed: STS, the source or the sidecar itself. A closed set: it decides the HTTP status, the pacing and a metric's tag.
/// </summary>
internal enum CredentialFailure
{
    /// <summary>Nothing has been tried yet, or the first attempt is still under way.</summary>
    NotReady,

    /// <summary>The source cannot be reached, asks to wait, or returns something other than credentials.</summary>
    SourceUnavailable,

    /// <summary>The source rejects the sidecar, and a person must act.</summary>
    SourceRefused,

    /// <summary>STS no longer accepts the credentials that signed the call; newer ones may work.</summary>
    SignerRejected,

    /// <summary>STS cannot be reached, fails, or its answer is invalid.</summary>
    StsUnavailable,

    /// <summary>STS throttles the calls.</summary>
    Throttled,

    /// <summary>A policy does not allow the hop.</summary>
    Denied,

    /// <summary>
    /// STS rejects an input of the hop, or a destination without hops has a source that cannot be served. The configuration must change.
    /// </summary>
    InvalidHop,

    /// <summary>An internal error of the sidecar.</summary>
    Internal,
}
