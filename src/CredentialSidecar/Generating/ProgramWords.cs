using System.Text.Json.Nodes;

namespace CredentialSidecar.Generating;

/// <summary>What the operator said about a container's image.</summary>
/// <param name="EntryPoint">Null if the operator did not say it; empty if the image has none.</param>
/// <param name="Command">The same for the image's command.</param>
/// <param name="User">Null if not said.</param>
internal sealed record ImageFacts(string[]? EntryPoint, string[]? Command, string? User)
{
    public static ImageFacts Unknown { get; } = new(null, null, null);

    /// <summary>Reads the output of <c>docker image inspect</c>.</summary>
    /// <exception cref="InputException">It is something else.</exception>
    public static ImageFacts Of(JsonNode inspected, string file)
    {
        var image = inspected is JsonArray { Count: > 0 } list ? list[0] : inspected;
        return image?["Config"] is JsonObject config
            ? new ImageFacts(config.Words("Entrypoint") ?? [], config.Words("Cmd") ?? [], config.Text("User"))
            : throw new InputException($"{file} is not the output of docker image inspect: it has no Config.");
    }
}

/// <summary>Finds the words that a container runs, which the launcher has to run in its place. Never guesses.</summary>
internal static class ProgramWords
{
    /// <exception cref="InputException">The entry point or the command is unknown.</exception>
    public static string[] Of(JsonObject container, string name, ImageFacts image)
    {
        var command = container.StrictWords("command");

        // An entry point in the definition drops the image's command.
        if (container.StrictWords("entryPoint") is { } entryPoint)
        {
            return [.. entryPoint, .. command ?? []];
        }

        var missing = (image.EntryPoint is null ? "entry point" : null, command ?? image.Command) switch
        {
            ({ } entry, null) => $"{entry} and command",
            ({ } entry, _) => entry,
            (null, null) => "command",
            _ => null,
        };

        if (missing is not null)
        {
            var are = missing.Contains(" and ", StringComparison.Ordinal) ? "are" : "is";
            throw new InputException($"The {missing} of container {name} {are} in its image, which this command does not read. "
                + $"Add --image-config {name}=FILE with the output of docker image inspect {container.Text("image") ?? "IMAGE"}, or "
                + string.Join(" and ", Flags(missing, name))
                + ". An empty value says that the image has none.");
        }

        string[] words = [.. image.EntryPoint!, .. command ?? image.Command!];
        return words.Length > 0 ? words
            : throw new InputException(
                $"Container {name} has neither an entry point nor a command. Add --command {name}=/path/to/program.");
    }

    private static IEnumerable<string> Flags(string missing, string name)
    {
        if (missing.Contains("entry point", StringComparison.Ordinal))
        {
            yield return $"--entrypoint {name}=/path/to/program";
        }

        if (missing.Contains("command", StringComparison.Ordinal))
        {
            yield return $"--command {name}=WORDS";
        }
    }
}
