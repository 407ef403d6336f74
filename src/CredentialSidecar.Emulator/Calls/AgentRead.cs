namespace CredentialSidecar.Emulator.Calls;

/// <summary>One request to the agent. As in the agent's own audit log the path ends before the credentials id, which is a secret.</summary>
/// <param name="SentAuthorization">Whether an Authorization header came along, which the real agent would not ask for.</param>
/// <param name="Status">0 when the connection was reset.</param>
internal sealed record AgentRead(
    DateTimeOffset At,
    string Method,
    string Path,
    int Status,
    bool SentAuthorization,
    string? Fault = null);
