namespace CredentialSidecar.Passthrough;

/// <summary>The agent gave an answer that cannot be forwarded.</summary>
/// <param name="what">What the agent did, as the predicate of a sentence.</param>
internal sealed class UnfitAnswerException(string what, Exception? inner = null) : Exception(what, inner);
