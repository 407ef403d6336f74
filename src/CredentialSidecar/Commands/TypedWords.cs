using System.CommandLine;
using CredentialSidecar.Configuration;

namespace CredentialSidecar.Commands;

/// <summary>Handles common input that the parser does not accept.</summary>
internal static class TypedWords
{
    // People type "help validate" and "version". "validate … --help" prints help even if other arguments are wrong.
    public static string[] Read(string[] args, RootCommand root) => args switch
    {
        ["help", .. var rest] => [.. rest, "--help"],
        ["version"] => ["--version"],
        [var name, ..] when args.Any(word => word is "--help" or "-h" or "-?") && root.Subcommands.Any(command => command.Name == name) =>
            [.. args.TakeWhile(word => !word.StartsWith('-')).TakeWhile((word, i) => i == 0 || IsCommand(root, args[..(i + 1)])), "--help"],
        _ => args,
    };

    private static bool IsCommand(Command parent, string[] path)
    {
        foreach (var word in path)
        {
            if (parent.Subcommands.FirstOrDefault(command => command.Name == word) is not { } found)
            {
                return false;
            }

            parent = found;
        }

        return true;
    }

    /// <returns>The end of the message: a suggestion, or a full stop.</returns>
    public static string Meant(string error, ParseResult parse)
    {
        var command = parse.CommandResult.Command;
        var known = command.Subcommands.Select(sub => sub.Name).Concat(command.Options.Select(option => option.Name)).ToArray();
        return parse.UnmatchedTokens.FirstOrDefault(token => error.Contains($"'{token}'", StringComparison.Ordinal)) is { } word
            && Nearest.Question(word, known) is { Length: > 0 } question
            ? question
            : ".";
    }
}
