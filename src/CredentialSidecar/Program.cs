return await CredentialSidecar.Commands.CommandLine.RunAsync(args);
