namespace CredentialSidecar.Passthrough;

/// <summary>The agent gave an answer that cannot be passed on.</summary>
/// <param name="what">What came, to be put behind the agent's name.</param>
internal sealed class UnfitAnswerException(string what, Exception? inner = null) : Exception(what, inner);
