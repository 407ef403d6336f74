using System.CommandLine;
using System.Text.Json.Nodes;
using CredentialSidecar.Configuration;
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

    private static readonly Option<string[]> Containers = Pairs(
        "--container", "NAME=DESTINATION", "A container, and the destination whose role it gets. May be given several times.", true);

    private static readonly Option<string[]> EntryPoints = Pairs(
        "--entrypoint", "NAME=WORDS", "The entry point of a container's image: words, or a JSON list. Empty: the image has none.");

    private static readonly Option<string[]> ImageCommands = Pairs(
        "--command", "NAME=WORDS", "The command of a container's image: words, or a JSON list. Empty: the image has none.");

    private static readonly Option<string[]> ImageConfigs = Pairs(
        "--image-config", "NAME=FILE", "The output of docker image inspect for a container's image.");

    private static readonly Option<string[]> Clients = Pairs(
        "--client", "NAME=CLIENT", "The client of a container, where several clients may read its destination.");

    private static readonly Option<string?> Image = new("--image") { Description = "The sidecar's image.", HelpName = "IMAGE" };

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
            From, Containers, EntryPoints, ImageCommands, ImageConfigs, Clients, Image, InitImage, NetworkMode, Mode,
        };
        common.AddTo(command);
        command.SetAction(parse => GenerateCommand.Run(parse, () => Run(parse, common, input)));
        return command;
    }

    private static int Run(ParseResult parse, GenerateFlags common, Func<TextReader> input)
    {
        var notes = new List<string>();
        var definition = TaskDefinitionInput.Of(JsonInput.Read(parse.GetValue(From)!, input), notes);
        new TaskDefinitionEditor(definition, Request(parse), common.Configuration(parse), notes).Apply();

        foreach (var note in notes)
        {
            parse.InvocationConfiguration.Error.WriteLine(note);
        }

        return common.Write(parse, ("task-definition.json", JsonInput.Write(definition) + "\n"));
    }

    private static TaskDefinitionRequest Request(ParseResult parse)
    {
        var entryPoints = PairWords.Read(parse, EntryPoints);
        var commands = PairWords.Read(parse, ImageCommands);
        var files = PairWords.Read(parse, ImageConfigs);
        var images = entryPoints.Keys.Concat(commands.Keys).Concat(files.Keys).Distinct().ToDictionary(name => name, name =>
        {
            var known = files.TryGetValue(name, out var file) ? ImageFacts.Of(JsonInput.Read(file), file) : ImageFacts.Unknown;
            return known with
            {
                EntryPoint = entryPoints.TryGetValue(name, out var entryPoint) ? PairWords.Split(entryPoint) : known.EntryPoint,
                Command = commands.TryGetValue(name, out var command) ? PairWords.Split(command) : known.Command,
            };
        });

        return new TaskDefinitionRequest(
            PairWords.Read(parse, Containers), images, PairWords.Read(parse, Clients), parse.GetValue(Image), parse.GetValue(InitImage),
            parse.GetValue(NetworkMode), parse.GetValue(Mode) == "intercept");
    }

    private static Option<string[]> Pairs(string name, string form, string description, bool required = false) => new(name)
    {
        Description = description,
        HelpName = form,
        Required = required,
        AllowMultipleArgumentsPerToken = false,
    };
}

/// <summary>Flags of the form NAME=VALUE.</summary>
internal static class PairWords
{
    /// <exception cref="InputException">A flag has another form, or a name twice.</exception>
    public static Dictionary<string, string> Read(ParseResult parse, Option<string[]> option)
    {
        var read = new Dictionary<string, string>(StringComparer.Ordinal);

        foreach (var text in parse.GetValue(option) ?? [])
        {
            if (text.Split('=', 2) is not [{ Length: > 0 } name, var value])
            {
                throw new InputException($"{option.Name} is {Shown.Quoted(text)}; expected {option.HelpName}.");
            }

            if (!read.TryAdd(name, value))
            {
                throw new InputException($"{option.Name} names {name} twice.");
            }
        }

        return read;
    }

    /// <summary>A JSON list of text, or words between spaces.</summary>
    public static string[] Split(string text)
    {
        if (text.TrimStart().StartsWith('['))
        {
            var list = new JsonObject { ["words"] = JsonInput.Parse(Shown.Quoted(text), text) };
            return list["words"] is JsonArray { Count: 0 } ? [] : list.Words("words")
                ?? throw new InputException($"{Shown.Quoted(text)} is not a JSON list of text.");
        }

        return text.AsSpan().IndexOfAny('\'', '"', '\\') < 0 ? text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            : throw new InputException($"{Shown.Quoted(text)} has quotes or backslashes. Write it as a JSON list, such as "
                + "'[\"/bin/sh\",\"-c\",\"exec app\"]'.");
    }
}
