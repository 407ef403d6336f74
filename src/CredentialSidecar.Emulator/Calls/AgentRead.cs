namespace CredentialSidecar.Emulator.Calls;

/// <summary>One request to the agent. The path ends before the secret credentials id, as in the agent's own audit log.</summary>
/// <param name="SentAuthorization">Whether the request had an Authorization header, which the real agent does not require.</param>
/// <param name="Status">0 when the connection was reset.</param>
internal sealed record AgentRead(
    DateTimeOffset At,
    string Method,
    string Path,
    int Status,
    bool SentAuthorization,
    string? Fault = null);
