namespace CredentialSidecar.Telemetry;

/// <summary>The form of the log's lines.</summary>
/// <param name="IsColored">Only text has colors.</param>
/// <param name="Clock">The clock for events without a time.</param>
internal sealed record LineFormat(bool IsJson, bool IsColored, TimeProvider Clock);
