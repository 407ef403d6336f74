using CredentialSidecar.Commands;
using CredentialSidecar.Configuration;
using CredentialSidecar.Networking;

// First of all, so that this process dies with its supervisor and no program that it starts inherits anything.
var supervision = Supervision.Join(ProcessEnvironment.TakeSupervision());
return supervision is { IsHeld: false } ? ExitCodes.Unavailable : await CommandLine.RunAsync(args, supervision);
