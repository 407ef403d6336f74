namespace CredentialSidecar.Access;

/// <summary>An answer without credentials, in the words that the log and the audit use for it.</summary>
/// <param name="Kind">One of a closed set; the audit calls it the reason.</param>
/// <param name="Code">As in the answer and in event 400; one of a closed set.</param>
/// <param name="Asked">What was requested, in words that are not the client's own.</param>
/// <param name="Reason">The message of the answer, as in event 400, without what changes from one second to the next.</param>
internal sealed record Rejection(string Kind, string Code, string Asked, string Reason);
