using System.CommandLine;
using CredentialSidecar.Generating;

namespace CredentialSidecar.Commands;

/// <summary><c>generate task-definition</c>: adds the sidecar to an ECS task definition.</summary>
internal static class GenerateTaskDefinition
{
    private static readonly Option<string> From = new("--from")
    {
        Description = "The task definition: a JSON file, or - for standard input. The output of describe-task-definition will do.",
        HelpName = "FILE",
        Required = true,
    };

    private static readonly Option<string?> InitImage = new("--init-image")
    {
        Description = "With --mode intercept: the image of the init container. Default: the sidecar's image with -init.",
        HelpName = "IMAGE",
    };

    private static readonly Option<string?> NetworkMode = new("--network-mode")
    {
        Description = "Change the network mode of the task: awsvpc or host.",
        HelpName = "MODE",
    };

    private static readonly Option<string> Mode = new("--mode")
    {
        Description = "launcher: start the programs through the launcher. intercept: redirect users by an init container (EC2).",
        DefaultValueFactory = _ => "launcher",
        HelpName = "MODE",
    };

    public static Command Create(GenerateFlags common, Func<TextReader> input)
    {
        Mode.AcceptOnlyFromAmong("launcher", "intercept");
        NetworkMode.AcceptOnlyFromAmong("awsvpc", "host");
        var command = new Command("task-definition",
            "Add the sidecar to an ECS task definition. What changed, and why, is on standard error.")
        {
            From, InitImage, NetworkMode, Mode,
        };
        ContainerFlags.AddTo(command);
        common.AddTo(command);
        command.SetAction(parse => GenerateCommand.Run(parse, () => Run(parse, common, input)));
        return command;
    }

    private static int Run(ParseResult parse, GenerateFlags common, Func<TextReader> input)
    {
        var notes = new List<string>();
        var definition = TaskDefinitionInput.Of(JsonInput.Read(parse.GetValue(From)!, input, From.Name), notes);
        var request = ContainerFlags.Read(parse) with
        {
            InitImage = ContainerFlags.ReadImage(parse, InitImage),
            NetworkMode = parse.GetValue(NetworkMode),
            Intercept = parse.GetValue(Mode) == "intercept",
        };
        new TaskDefinitionEditor(definition, request, common.Configuration(parse), notes).Apply();

        foreach (var note in notes)
        {
            parse.InvocationConfiguration.Error.WriteLine(note);
        }

        return common.Write(parse, ("task-definition.json", JsonInput.Write(definition) + "\n"));
    }
}
