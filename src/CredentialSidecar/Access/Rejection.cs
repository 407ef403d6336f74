namespace CredentialSidecar.Access;

/// <summary>An answer without credentials, with the texts for the log and the audit.</summary>
/// <param name="Kind">One of a closed set; the audit calls it the reason.</param>
/// <param name="Code">As in the answer and in event 400; one of a closed set.</param>
/// <param name="Asked">What was requested, without any text from the client.</param>
/// <param name="Reason">The message of the answer, as in event 400, without parts that change every second.</param>
internal sealed record Rejection(string Kind, string Code, string Asked, string Reason);
