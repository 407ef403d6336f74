namespace CredentialSidecar.Commands;

/// <summary>A port cannot be listened on; exit code 69.</summary>
internal sealed class PortUnavailableException(string message) : Exception(message);
