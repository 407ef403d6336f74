namespace CredentialSidecar.Generating;

/// <summary>A flag or an input file cannot be used. The message is for the operator. Exit code 64.</summary>
internal sealed class InputException(string message) : Exception(message);
