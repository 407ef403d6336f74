using CredentialSidecar.Launcher.Arguments;
using CredentialSidecar.Launcher.Forwarding;
using CredentialSidecar.Launcher.Native;
using CredentialSidecar.Launcher.Plan;
using CredentialSidecar.Launcher.Starting;
using CredentialSidecar.Launcher.Waiting;

namespace CredentialSidecar.Launcher;

/// <summary>Turns arguments and variables into an exit code, or replaces this process with the program.</summary>
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
            Output.Print(line.Has(Flag.Help) ? Help.Text : $"{FixedNames.Launcher} {ProgramVersion.Text}\n");
            return ExitCodes.Ok;
        }

        if (line.Has(Flag.Check) && !line.Has(Flag.Get))
        {
            var port = reader.ReadHealthPort();
            return mistakes.Count > 0 ? Report(mistakes) : Probe.Run(port, line.Has(Flag.Ready));
        }

        var settings = reader.Read();

        if (line.Has(Flag.Get))
        {
            mistakes.AddRange(DemandsOfGet(line, settings));
            return mistakes.Count > 0 ? Report(mistakes)
                : End((settings.Forward ? ForwarderStart.Run(settings, anyPort: true) : null) ?? new Session(settings, environment).Get());
        }

        mistakes.AddRange(Demands(line, environment));
        mistakes.AddRange(Rivals.Refusals(environment, settings.Allowed));

        if (mistakes.Count > 0)
        {
            return Report(mistakes);
        }

        if (line.Has(Flag.Print))
        {
            return End(new Session(settings, environment).Print());
        }

        return End((settings.Forward ? ForwarderStart.Run(settings, anyPort: false) : null)
            ?? new Session(settings, environment).Start(line.Program));
    }

    private static IEnumerable<Mistake> DemandsOfGet(CommandLine line, LaunchSettings settings)
    {
        foreach (var other in new[] { Flag.Print, Flag.Check, Flag.Ready })
        {
            if (line.Has(other))
            {
                yield return new(ExitCodes.Usage, $"{Flag.Get.Name} and {other.Name} do different things; keep one of them.");
            }
        }

        if (line.Program.Length > 0)
        {
            yield return new(ExitCodes.Usage, "--get prints credentials and runs no program; write credential-launch --get DESTINATION.");
        }

        if (settings.Endpoint.Secure)
        {
            yield return new(ExitCodes.Usage, "--get cannot use https, which the launcher does not speak; use http://127.0.0.1:PORT.");
        }
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
            yield return new(
                ExitCodes.Usage,
                "No program is given; write credential-launch [flags] -- program arguments, and see credential-launch --help.");
        }
    }

    private static int End(Mistake? mistake) => mistake is null ? ExitCodes.Ok : Report([mistake]);

    private static int Report(List<Mistake> mistakes)
    {
        mistakes.ForEach(mistake => Output.Error(mistake.Text));
        return mistakes[0].ExitCode;
    }
}
