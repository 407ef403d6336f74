namespace CredentialSidecar.Configuration.Settings;

/// <summary>Where commands reach the running sidecar.</summary>
/// <param name="Socket">The path of the control socket; null where there is none.</param>
/// <param name="Key">The setting that its directory comes from.</param>
internal sealed record ControlSettings(string? Socket, string Key);
