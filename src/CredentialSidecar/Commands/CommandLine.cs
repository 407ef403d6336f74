using System.CommandLine;
using CredentialSidecar.Commands.Doctor;
using CredentialSidecar.Configuration;
using CredentialSidecar.Networking;

namespace CredentialSidecar.Commands;

/// <summary>Which command was meant.</summary>
internal static class CommandLine
{
    private const string Description = """
        Serves AWS credentials of other accounts to the containers beside it.

        It reads the task role, assumes the configured roles, keeps their sessions fresh, and answers
        AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:9170/v1/credentials/{destination}

        The least it needs:
          SIDECAR_ROLE_ARN   the role to assume; several, separated by commas, are assumed in order
          SIDECAR_TOKEN      what siblings send as AWS_CONTAINER_AUTHORIZATION_TOKEN (openssl rand -hex 32)

        Often set:
          SIDECAR_EXTERNAL_ID, SIDECAR_SESSION_NAME, SIDECAR_TOKEN_FILE, SIDECAR_PORT, SIDECAR_HEALTH_PORT,
          SIDECAR_CONFIG (JSON) or SIDECAR_CONFIG_FILE, AWS_REGION, SIDECAR_Source__Kind=Default (on a laptop)

        Exit codes: 0 done, 1 not healthy, 64 wrong command line, 69 port taken or not allowed, or no sidecar answers, 70 fault, 78 wrong configuration.
        """;

    public static Task<int> RunAsync(string[] args, Supervision? supervision = null)
    {
        // Every command has the container's environment, tokens included, in its memory.
        ProcessMemory.Seal();

        var file = new Option<string?>("--config", "-c") { Description = "A JSON file with the configuration; wins over SIDECAR_CONFIG_FILE.", HelpName = "FILE" };
        var ready = new Option<bool>("--ready") { Description = "Ask for the present state; without it, whether every required destination was live once." };

        var root = new RootCommand(Description) { file };
        root.SetAction((parse, cancellation) => ServeCommand.RunAsync(parse.GetValue(file), supervision, cancellation));

        var serve = new Command("serve", "Answer siblings until told to stop. The default.") { file };
        serve.SetAction((parse, cancellation) => ServeCommand.RunAsync(parse.GetValue(file), supervision, cancellation));

        var validate = new Command("validate", "Print the configuration as it would be used, redacted, or every mistake in it. Exit code 0 or 78.") { file };
        validate.SetAction(parse => ValidateCommand.Run(ProcessEnvironment.Capture(), parse.GetValue(file), Console.Out, Console.Error));

        var healthcheck = new Command("healthcheck", "Probe the sidecar in this container. Exit code 0 or 1.") { file, ready };
        healthcheck.SetAction((parse, cancellation) =>
            HealthcheckCommand.RunAsync(ProcessEnvironment.Capture(), parse.GetValue(file), parse.GetValue(ready), Console.Out, Console.Error, cancellation));

        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var doctor = new Command("doctor", "Try the source and every hop once, look at what siblings would meet, and say what to do. Calls STS. Exit code 0 or 1.") { file, json };
        doctor.SetAction((parse, cancellation) =>
            DoctorCommand.RunAsync(ProcessEnvironment.Capture(), parse.GetValue(file), parse.GetValue(json), Console.Out, cancellation));

        var rotate = new Command(RotateCommand.Name, "Make new tokens in the running sidecar, and say which clients have one.") { file };
        rotate.SetAction((parse, cancellation) => AskAsync(parse, RotateCommand.Name, null, cancellation));

        var status = new Command(StatusCommand.Name, "Print the state of each destination of the running sidecar. Exit code 0 or 69.") { file, json };
        status.SetAction((parse, cancellation) => AskAsync(parse, StatusCommand.Name, parse.GetValue(json) ? StatusCommand.Json : null, cancellation));

        var reload = new Command(ReloadCommand.Name,
            "Load the configuration file again in the running sidecar, and say what changed. Exit code 0, 69 or 78.") { file };
        reload.SetAction((parse, cancellation) => AskAsync(parse, ReloadCommand.Name, null, cancellation, ReloadCommand.Limit));

        var name = new Argument<string?>("destination") { Arity = ArgumentArity.ZeroOrOne, Description = "One destination; without it, every one in use." };
        var renew = new Command(RenewCommand.Name,
            "Renew sessions now, for example after a role was revoked. A session stays where that fails. Exit code 0, 1 or 69.") { file, name };
        renew.SetAction((parse, cancellation) => AskAsync(parse, RenewCommand.Name, parse.GetValue(name), cancellation, RenewCommand.Limit));

        root.Subcommands.Add(InterceptCommand.Create(file));
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
                Console.Error.WriteLine($"credential-sidecar: {error.Message.TrimEnd('.')}{TypedWords.Meant(error.Message, parse)}");
            }

            var command = parse.CommandResult.Command is RootCommand ? "" : $" {parse.CommandResult.Command.Name}";
            Console.Error.WriteLine($"Run credential-sidecar{command} --help for the {(command.Length == 0 ? "list of commands" : "options of this command")}.");
            return Task.FromResult(ExitCodes.Usage);
        }

        // Signals are the lifetime's business, and a fault should show itself whole.
        return parse.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });

        Task<int> AskAsync(ParseResult parsed, string command, string? argument, CancellationToken cancellation, TimeSpan? limit = null) =>
            ControlCommands.RunAsync(
                ProcessEnvironment.Capture(), parsed.GetValue(file), command, argument, Console.Out, Console.Error, cancellation, limit);
    }
}
