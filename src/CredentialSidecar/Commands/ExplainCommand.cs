using System.CommandLine;
using System.Text;
using System.Text.Json;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Reading;
using CredentialSidecar.Explaining;
using CredentialSidecar.Generating;

namespace CredentialSidecar.Commands;

/// <summary><c>credential-sidecar explain</c>: says what an error of STS or of an SDK means, and what to do.</summary>
internal static class ExplainCommand
{
    private const int Largest = 4 * 1024 * 1024;

    /// <summary>The variables that configure a destination, or their beginning.</summary>
    private static readonly string[] Names =
        [ShortNames.RoleArn, ShortNames.Config, $"{ShortNames.Prefix}Destinations", $"{ShortNames.Prefix}DESTINATIONS"];

    private static readonly ExplanationJson Readable = new(ReadableJson.Of(ExplanationJson.Default.Options));

    private static readonly Argument<string> Input = new("file")
    {
        Description = "The text of an STS error or an SDK exception, or a CloudTrail event. - reads standard input.",
        HelpName = "FILE|-",
    };

    /// <param name="environment">Reads the environment with the configuration.</param>
    /// <param name="input">Standard input.</param>
    public static Command Create(Option<string?> file, Option<bool> json, Func<ProcessEnvironment> environment, Func<TextReader> input)
    {
        var command = new Command("explain",
            "Say which hop and which policy an STS error is about, and what to add. Makes no calls. Exit code 0, 1, 64 or 78.")
        {
            Input, file, json,
        };
        command.SetAction(parse => GenerateCommand.Run(parse, () =>
        {
            var (output, error) = (parse.InvocationConfiguration.Output, parse.InvocationConfiguration.Error);
            var evidence = EvidenceReader.Read(Read(parse.GetValue(Input)!, input));
            var explainer = new Explainer(new ConfiguredHops(Settings(environment(), parse.GetValue(file))));
            Explanation[] explanations = [.. evidence.Select(explainer.Explain)];

            if (explanations.Length == 0)
            {
                error.WriteLine("credential-sidecar: the text has no STS error, no SDK error and no failed CloudTrail event that this "
                    + "command knows. Give the whole text, from the first line of the exception.");
                return ExitCodes.Unhealthy;
            }

            output.WriteLine(parse.GetValue(json)
                ? JsonSerializer.Serialize<IReadOnlyList<Explanation>>(explanations, Readable.IReadOnlyListExplanation)
                : string.Join("\n\n", explanations.Select(Lines)));
            return ExitCodes.Ok;
        }, "nothing was explained; without a configuration the text alone is explained"));
        return command;
    }

    private static string Read(string path, Func<TextReader> input)
    {
        if (path == JsonInput.StandardInput)
        {
            var buffer = new char[Largest];
            var read = input().ReadBlock(buffer);
            return new string(buffer, 0, read);
        }

        return SmallFile.TryRead(path, Largest, out var bytes, out var problem) ? Encoding.UTF8.GetString(bytes)
            : throw new InputException($"{path} {problem}.");
    }

    // Without a configuration the text alone is explained.
    private static Configuration.Settings.SidecarSettings? Settings(ProcessEnvironment environment, string? file) =>
        file is null && !environment.All.Any(variable => Array.Exists(Names, name => variable.Key.StartsWith(name,
            StringComparison.Ordinal)))
            ? null : RunningConfiguration.Load(environment, file).Settings;

    private static string Lines(Explanation explanation) => string.Join('\n',
        from pair in new (string Name, string? Text)[]
        {
            ("What happened", explanation.What),
            ("Event", explanation.Event),
            ("Caller", explanation.Caller),
            ("Role", explanation.Role),
            ("Hop", explanation.Hop),
            ("Policy", explanation.Policy),
            ("Who can fix it", explanation.Side),
            ("What to do", explanation.ToDo),
        }
        where pair.Text is not null
        select $"{pair.Name,-14}  {Shown.OnOneLine(pair.Text!)}");
}
