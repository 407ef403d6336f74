using System.Text.Json.Serialization;

namespace CredentialSidecar.Emulator.Faults;

/// <summary>What goes wrong. Those without a remark apply to both the agent and STS.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FaultKind>))]
internal enum FaultKind
{
    /// <summary>Nothing but the delay.</summary>
    Slow,

    /// <summary>An error of the service with the given status. Default: 500.</summary>
    Status,

    /// <summary>STS: 400 <c>Throttling</c>. Agent: 429 in plain text.</summary>
    Throttle,

    /// <summary>The connection is reset without an answer.</summary>
    Reset,

    /// <summary>A page of HTML with the given status. Default: 200.</summary>
    Html,

    /// <summary>The first half of the right answer.</summary>
    Truncated,

    /// <summary>A 200 without a body.</summary>
    Empty,

    /// <summary>The right answer, followed by 10 MB of blanks.</summary>
    Huge,

    /// <summary>A session that ended a minute ago.</summary>
    ExpiredSession,

    /// <summary>A session said to expire in the year 9999.</summary>
    FarFuture,

    /// <summary>STS only: AccessDenied whatever the policies say.</summary>
    Deny,

    /// <summary>Agent only: 503 <c>CredentialsUninitialized</c>.</summary>
    Pending,
}
