using System.CommandLine;
using CredentialSidecar.Generating;

namespace CredentialSidecar.Commands;

/// <summary>The flags that say which containers get which role, and what their images run.</summary>
internal static class ContainerFlags
{
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

    public static readonly Option<string?> Image = new("--image") { Description = "The sidecar's image.", HelpName = "IMAGE" };

    /// <exception cref="InputException">The image is empty.</exception>
    public static string? ReadImage(ParseResult parse, Option<string?>? option = null) =>
        parse.GetValue(option ?? Image) is not { } image ? null
        : image.Trim().Length > 0 ? image.Trim()
        : throw new InputException($"{(option ?? Image).Name} is empty; expected the name of an image.");

    public static void AddTo(Command command)
    {
        foreach (var option in new Option[] { Containers, EntryPoints, ImageCommands, ImageConfigs, Clients, Image })
        {
            command.Options.Add(option);
        }
    }

    /// <exception cref="InputException">A flag has another form.</exception>
    public static TaskDefinitionRequest Read(ParseResult parse)
    {
        var entryPoints = PairWords.Read(parse, EntryPoints);
        var commands = PairWords.Read(parse, ImageCommands);
        var files = PairWords.Read(parse, ImageConfigs);
        var images = entryPoints.Keys.Concat(commands.Keys).Concat(files.Keys).Distinct().ToDictionary(name => name, name =>
        {
            var known = files.TryGetValue(name, out var file) ? ImageFacts.Of(JsonInput.Read(file, flag: ImageConfigs.Name),
                file) : ImageFacts.Unknown;
            return known with
            {
                EntryPoint = entryPoints.TryGetValue(name, out var entryPoint) ? PairWords.Split(entryPoint) : known.EntryPoint,
                Command = commands.TryGetValue(name, out var command) ? PairWords.Split(command) : known.Command,
            };
        });

        return new TaskDefinitionRequest(
            PairWords.Read(parse, Containers), images, PairWords.Read(parse, Clients), ReadImage(parse), InitImage: null,
            NetworkMode: null, Intercept: false);
    }

    private static Option<string[]> Pairs(string name, string form, string description, bool required = false) => new(name)
    {
        Description = description,
        HelpName = form,
        Required = required,
        AllowMultipleArgumentsPerToken = false,
    };
}
