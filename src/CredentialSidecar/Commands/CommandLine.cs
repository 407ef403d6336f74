using System.CommandLine;
using System.CommandLine.Parsing;
using CredentialSidecar.Commands.Doctor;
using CredentialSidecar.Commands.Getting;
using CredentialSidecar.Configuration;
using CredentialSidecar.Networking;

namespace CredentialSidecar.Commands;

/// <summary>Parses the command line.</summary>
internal static class CommandLine
{
    private const string Description = """
        Serves AWS credentials of other accounts to the containers beside it.

        The sidecar reads the task role, assumes the configured roles, renews their sessions, and serves them at
        AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:9170/v1/credentials/{destination}

        Required:
          SIDECAR_ROLE_ARN   the role to assume; several roles, separated by commas, form a chain
          SIDECAR_SHARED_DIR a directory that siblings mount, for a generated token and the launcher; or
          SIDECAR_TOKEN      what siblings send as AWS_CONTAINER_AUTHORIZATION_TOKEN (openssl rand -hex 32)

        Often set:
          SIDECAR_EXTERNAL_ID, SIDECAR_SESSION_NAME, SIDECAR_TOKEN_FILE, SIDECAR_PORT, SIDECAR_HEALTH_PORT,
          SIDECAR_CONFIG (JSON) or SIDECAR_CONFIG_FILE, AWS_REGION, SIDECAR_Source__Kind=Default (on a laptop)

        Exit codes: 0 done, 1 not healthy, 64 wrong command line, 69 port taken or not allowed, or no sidecar answers,
        70 internal fault, 78 wrong configuration.
        """;

    public static Task<int> RunAsync(string[] args, Supervision? supervision = null)
    {
        // Every command has the container's environment, including tokens, in its memory.
        ProcessMemory.Seal();

        var file = new Option<string?>("--config", "-c")
        {
            Description = "A JSON file with the configuration; overrides SIDECAR_CONFIG_FILE.",
            HelpName = "FILE",
        };
        var ready = new Option<bool>("--ready")
        {
            Description = "Check the current state. Without this option: whether every required destination was live once.",
        };

        var root = new RootCommand(Description) { file };
        root.SetAction((parse, cancellation) => ServeCommand.RunAsync(parse.GetValue(file), supervision, cancellation));

        var serve = new Command("serve", "Serve credentials until a stop signal. The default.") { file };
        serve.SetAction((parse, cancellation) => ServeCommand.RunAsync(parse.GetValue(file), supervision, cancellation));

        var validate = new Command(
            "validate", "Print the effective configuration without secrets, or every mistake in it. Exit code 0 or 78.") { file };
        validate.SetAction(parse => ValidateCommand.Run(ProcessEnvironment.Capture(), parse.GetValue(file), Console.Out, Console.Error));

        var healthcheck = new Command("healthcheck", "Probe the sidecar in this container. Exit code 0 or 1.") { file, ready };
        healthcheck.SetAction((parse, cancellation) => HealthcheckCommand.RunAsync(
            ProcessEnvironment.Capture(), parse.GetValue(file), parse.GetValue(ready), Console.Out, Console.Error, cancellation));

        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var doctor = new Command(
            "doctor", "Test the source, every hop and what siblings need, and print what to do. Calls STS. Exit code 0 or 1.")
        {
            file, json,
        };
        doctor.SetAction((parse, cancellation) =>
            DoctorCommand.RunAsync(ProcessEnvironment.Capture(), parse.GetValue(file), parse.GetValue(json), Console.Out, cancellation));

        var rotate = new Command(RotateCommand.Name, "Replace the generated tokens of the running sidecar, and list the clients.") { file };
        rotate.SetAction((parse, cancellation) => AskAsync(parse, RotateCommand.Name, null, cancellation));

        var status = new Command(
            StatusCommand.Name, "Print the state of each destination of the running sidecar. Exit code 0 or 69.") { file, json };
        status.SetAction((parse, cancellation) =>
            AskAsync(parse, StatusCommand.Name, parse.GetValue(json) ? StatusCommand.Json : null, cancellation));

        var reload = new Command(ReloadCommand.Name,
            "Reload the configuration file in the running sidecar, and print what changed. Exit code 0, 1, 69 or 78.") { file };
        reload.SetAction((parse, cancellation) => AskAsync(parse, ReloadCommand.Name, null, cancellation, ReloadCommand.Limit));

        var name = new Argument<string?>("destination")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "One destination. Default: all destinations in use.",
        };
        var renew = new Command(RenewCommand.Name,
            "Renew sessions now, for example after a role was revoked. If that fails, the current session stays. "
            + "Exit code 0, 1, 64 or 69.") { file, name };
        renew.SetAction((parse, cancellation) =>
            AskAsync(parse, RenewCommand.Name, parse.GetValue(name), cancellation, RenewCommand.Limit));

        root.Subcommands.Add(InterceptCommand.Create(file));
        root.Subcommands.Add(GenerateCommand.Create(file, ProcessEnvironment.Capture, () => Console.In));
        root.Subcommands.Add(GetCommand.Create(file, ProcessEnvironment.Capture));
        root.Subcommands.Add(WhoamiCommand.Create(file, json, ProcessEnvironment.Capture));
        root.Subcommands.Add(ExplainCommand.Create(file, json, ProcessEnvironment.Capture, () => Console.In));
        root.Subcommands.Add(serve);
        root.Subcommands.Add(validate);
        root.Subcommands.Add(healthcheck);
        root.Subcommands.Add(doctor);
        root.Subcommands.Add(reload);
        root.Subcommands.Add(renew);
        root.Subcommands.Add(rotate);
        root.Subcommands.Add(status);

        var parse = root.Parse(TypedWords.Read(args, root));

        if (parse.Errors.Count > 0)
        {
            foreach (var error in parse.Errors)
            {
                var text = $"{error.Message.TrimEnd('.')}{TypedWords.Meant(error.Message, parse)}";
                Console.Error.WriteLine($"credential-sidecar: {Shown.OnOneLine(text.ReplaceLineEndings(" ").Replace('\t', ' '))}");
            }

            var command = Words(parse.CommandResult);
            var listed = command.Length == 0 ? "list of commands" : "options of this command";
            Console.Error.WriteLine($"Run credential-sidecar{command} --help for the {listed}.");
            return Task.FromResult(ExitCodes.Usage);
        }

        // The host's lifetime handles signals, and a fault should show its full exception.
        return parse.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });

        static string Words(CommandResult result) =>
            result.Command is RootCommand ? "" : $"{(result.Parent is CommandResult parent ? Words(parent) : "")} {result.Command.Name}";

        Task<int> AskAsync(ParseResult parsed, string command, string? argument, CancellationToken cancellation, TimeSpan? limit = null) =>
            ControlCommands.RunAsync(
                ProcessEnvironment.Capture(), parsed.GetValue(file), command, argument, Console.Out, Console.Error, cancellation, limit);
    }
}
