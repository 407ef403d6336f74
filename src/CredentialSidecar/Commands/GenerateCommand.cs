using System.CommandLine;
using System.Text;
using CredentialSidecar.Access;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Rules;
using CredentialSidecar.Generating;

namespace CredentialSidecar.Commands;

/// <summary><c>credential-sidecar generate</c>: writes what a task needs, from the configuration that the sidecar runs on.</summary>
internal static class GenerateCommand
{
    /// <param name="environment">Reads the environment with the configuration.</param>
    /// <param name="input">Standard input.</param>
    public static Command Create(Option<string?> file, Func<ProcessEnvironment> environment, Func<TextReader> input)
    {
        var common = new GenerateFlags(file, environment);
        return new Command("generate",
            "Write a task definition, policies and more from the configuration. Makes no calls. Exit code 0, 64 or 78.")
        {
            GenerateTaskDefinition.Create(common, input),
            GenerateIam.Create(common),
            GenerateOthers.CreateCompose(common),
            GenerateOthers.CreateHelm(common),
            GenerateOthers.CreateEnvironment(common),
        };
    }

    /// <summary>Turns the mistakes of an operator into text.</summary>
    /// <param name="effect">What did not happen because of a wrong configuration.</param>
    public static int Run(ParseResult parse, Func<int> generate, string effect = "nothing was generated")
    {
        var error = parse.InvocationConfiguration.Error;

        try
        {
            return generate();
        }
        catch (InputException e)
        {
            error.WriteLine($"credential-sidecar: {e.Message}");
            return ExitCodes.Usage;
        }
        catch (ConfigurationMistakesException e)
        {
            return MistakesPrinter.Print(e.Mistakes, error, effect);
        }
    }
}

/// <summary>The flags that every kind of output has.</summary>
internal sealed class GenerateFlags(Option<string?> file, Func<ProcessEnvironment> environment)
{
    private readonly Option<string?> _role = new("--role-arn")
    {
        Description = "Without a configuration: the role to assume; several roles, separated by commas, form a chain.",
        HelpName = "ARN",
    };

    private readonly Option<string?> _externalId = new("--external-id")
    {
        Description = "With --role-arn: the external id of the last role.",
        HelpName = "ID",
    };

    private readonly Option<string?> _out = new("--out", "-o")
    {
        Description = "A directory for the files. Default: standard output.",
        HelpName = "DIR",
    };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { file, _role, _externalId, _out })
        {
            command.Options.Add(option);
        }
    }

    /// <exception cref="InputException">A file and <c>--role-arn</c> are both given.</exception>
    public RunningConfiguration Configuration(ParseResult parse)
    {
        var (role, externalId, named) = (parse.GetValue(_role), parse.GetValue(_externalId), parse.GetValue(file));

        if (role is null)
        {
            return externalId is null ? RunningConfiguration.Load(environment(), named)
                : throw new InputException("--external-id needs --role-arn.");
        }

        if (named is not null)
        {
            throw new InputException("--role-arn and --config both give the configuration. Give one of them.");
        }

        var variables = new Dictionary<string, string> { ["SIDECAR_ROLE_ARN"] = role };

        if (externalId is not null)
        {
            variables["SIDECAR_EXTERNAL_ID"] = externalId;
        }

        try
        {
            return RunningConfiguration.Load(new ProcessEnvironment(variables), null);
        }
        catch (ConfigurationMistakesException e)
        {
            // The operator wrote flags, and no variables.
            throw new ConfigurationMistakesException([.. e.Mistakes.Select(mistake => mistake.Key switch
            {
                "SIDECAR_ROLE_ARN" => mistake with { Key = _role.Name },
                "SIDECAR_EXTERNAL_ID" => mistake with { Key = _externalId.Name },
                _ => mistake,
            })]);
        }
    }

    /// <exception cref="InputException">The value is not a region.</exception>
    public static string? ReadRegion(ParseResult parse, Option<string?> option)
    {
        var (region, findings) = (parse.GetValue(option), new Findings());
        RegionRules.CheckName(option.Name, region, findings);
        return findings.Mistakes is [var mistake, ..] ? throw new InputException(mistake.ToString()) : region;
    }

    public bool HasDirectory(ParseResult parse) => parse.GetValue(_out) is not null;

    /// <summary>Writes the files to the directory, or to standard output.</summary>
    public int Write(ParseResult parse, params (string Name, string Text)[] files)
    {
        var (output, error) = (parse.InvocationConfiguration.Output, parse.InvocationConfiguration.Error);

        if (parse.GetValue(_out) is { Length: 0 })
        {
            throw new InputException("--out is empty; expected a directory.");
        }

        if (parse.GetValue(_out) is not { } directory)
        {
            foreach (var (_, text) in files)
            {
                output.Write(text);
            }

            return ExitCodes.Ok;
        }

        try
        {
            Directory.CreateDirectory(directory);
            using var staged = new StagedFiles();
            var lines = new List<string>();

            foreach (var (name, text) in files)
            {
                var path = Path.Combine(directory, name);
                var isSame = File.Exists(path) && File.ReadAllText(path) == text;
                lines.Add(isSame ? $"{path} is unchanged." : $"Wrote {path}.");

                if (!isSame)
                {
                    staged.Add(directory, name, mode: null, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
                }
            }

            staged.Commit();
            lines.ForEach(error.WriteLine);
            return ExitCodes.Ok;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"--out {directory} cannot be written: {e.Message}");
        }
    }
}
