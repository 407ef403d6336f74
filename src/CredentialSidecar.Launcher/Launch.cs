using CredentialSidecar.Launcher.Arguments;
using CredentialSidecar.Launcher.Native;
using CredentialSidecar.Launcher.Plan;
using CredentialSidecar.Launcher.Starting;
using CredentialSidecar.Launcher.Tokens;
using CredentialSidecar.Launcher.Waiting;

namespace CredentialSidecar.Launcher;

/// <summary>From words and variables to an exit code, or to a program in this one's place.</summary>
internal static class Launch
{
    public static int Run(string[] words, Variables environment)
    {
        var line = CommandLine.Parse(words);
        var mistakes = line.Mistakes;
        var reader = new SettingsReader(line, environment, mistakes);

        if (mistakes.Count > 0)
        {
            return Report(mistakes);
        }

        if (line.Has(Flag.Help) || line.Has(Flag.Version))
        {
            Output.Print(line.Has(Flag.Help) ? Help.Text : $"credential-launch {LauncherVersion.Text}\n");
            return ExitCodes.Ok;
        }

        if (line.Has(Flag.Check))
        {
            var port = reader.ReadHealthPort();
            return mistakes.Count > 0 ? Report(mistakes) : Probe.Run(port, line.Has(Flag.Ready));
        }

        var settings = reader.Read();
        mistakes.AddRange(Demands(line, environment));
        mistakes.AddRange(Rivals.Refusals(environment, settings.Allowed));

        if (mistakes.Count > 0)
        {
            return Report(mistakes);
        }

        var beside = Files.OwnDirectory() is { } directory ? directory + "/token" : null;
        var tokens = new TokenLookup(environment, settings.TokenFile, beside, Files.Read);
        return line.Has(Flag.Print) ? Print(environment, settings, tokens) : Start(line.Program, environment, settings, tokens);
    }

    private static IEnumerable<Mistake> Demands(CommandLine line, Variables environment)
    {
        if (line.Has(Flag.Ready))
        {
            yield return new(ExitCodes.Usage, "--ready belongs to --check; to wait for credentials is what the launcher does by itself.");
        }

        if (line.Program is [var name, ..])
        {
            if (Starter.Missing(name, environment["PATH"]) is { } missing)
            {
                yield return missing;
            }
        }
        else if (!line.Has(Flag.Print))
        {
            yield return new(ExitCodes.Usage, "No program is given; write credential-launch [flags] -- program arguments, and see credential-launch --help.");
        }
    }

    private static int Print(Variables environment, LaunchSettings settings, TokenLookup tokens)
    {
        var finding = tokens.Find();
        Output.Print(PlanPrinter.Print(environment, EnvironmentPlan.Make(environment, settings.FullUri, finding.Token)));
        return finding.Mistake is { } mistake ? Report([mistake]) : ExitCodes.Ok;
    }

    private static int Start(string[] program, Variables environment, LaunchSettings settings, TokenLookup tokens)
    {
        var readiness = new Readiness(settings, tokens);
        var verdict = readiness.Reach();

        return Report([verdict.ExitCode == ExitCodes.Ok
            ? Starter.Run(program, EnvironmentPlan.Make(environment, settings.FullUri, readiness.Token))
            : verdict.AsMistake(settings.FullUri, settings.Wait)]);
    }

    private static int Report(List<Mistake> mistakes)
    {
        mistakes.ForEach(mistake => Output.Error(mistake.Text));
        return mistakes[0].ExitCode;
    }
}
