namespace CredentialSidecar.Endpoint;

/// <summary>What a command prints, and the exit code it ends with.</summary>
internal sealed record ControlReply(int ExitCode, string Text);

/// <summary>A command that the control socket takes: <c>POST /{Name}</c>, or <c>POST /{Name}?argument={argument}</c>.</summary>
internal sealed record ControlCommand(string Name, Func<string?, CancellationToken, Task<ControlReply>> RunAsync);
