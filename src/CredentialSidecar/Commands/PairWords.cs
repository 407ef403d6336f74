using System.CommandLine;
using System.Text.Json.Nodes;
using CredentialSidecar.Configuration;
using CredentialSidecar.Generating;

namespace CredentialSidecar.Commands;

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
