namespace CredentialSidecar.Endpoint;

/// <summary>The output of a command and its exit code.</summary>
internal sealed record ControlReply(int ExitCode, string Text);

/// <summary>A command on the control socket: <c>POST /{Name}</c>, or <c>POST /{Name}?argument={argument}</c>.</summary>
internal sealed record ControlCommand(string Name, Func<string?, CancellationToken, Task<ControlReply>> RunAsync);
