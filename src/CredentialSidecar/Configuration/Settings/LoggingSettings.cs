using CredentialSidecar.Configuration.Options;

namespace CredentialSidecar.Configuration.Settings;

/// <summary>What is logged.</summary>
/// <param name="Level">The lowest level.</param>
/// <param name="Format">The form of a line.</param>
internal sealed record LoggingSettings(LogLevel Level, LogFormat Format);
