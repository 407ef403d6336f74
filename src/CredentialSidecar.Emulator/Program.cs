using CredentialSidecar.Emulator;

return await EmulatorCommand.RunAsync(args, TimeProvider.System);
