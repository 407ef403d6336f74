using CredentialSidecar.Launcher.Arguments;
using CredentialSidecar.Launcher.Listening;
using CredentialSidecar.Launcher.Metadata;
using CredentialSidecar.Launcher.Native;
using CredentialSidecar.Launcher.Plan;
using CredentialSidecar.Launcher.Tokens;
using CredentialSidecar.Launcher.Waiting;

namespace CredentialSidecar.Launcher.Starting;

/// <summary>One launch: the wait, the look at the surroundings, and the start of the program.</summary>
internal sealed class Session
{
    private readonly LaunchSettings _settings;
    private readonly Variables _environment;
    private readonly TokenLookup _tokens;
    private readonly Readiness _readiness;
    private readonly Surroundings _surroundings;

    public Session(LaunchSettings settings, Variables environment)
    {
        var poll = new HttpPoll();
        var tokenFile = Files.OwnDirectory() is { } directory ? directory + "/" + FixedNames.TokenFile : null;
        var beside = new BesideFile(tokenFile, Files.Read, Output.Error);
        var guard = new ListenerGuard(
            settings.SidecarUid, beside.Owner, Listeners.UidsOn, () => Files.ReadKernel("/proc/self/uid_map"), Output.Error);
        (_settings, _environment) = (settings, environment);
        _tokens = new TokenLookup(environment, settings.TokenFile, beside.Path, Files.Read);
        _readiness = new Readiness(settings, _tokens, guard, poll);
        var wantsRegion = Region.IsWanted(environment, settings.AllowImds, Files.Exists);
        _surroundings = new Surroundings(environment, wantsRegion, new SidecarRegion(settings, guard, poll), poll, Output.Error);
    }

    /// <summary>Shows the changes to the environment.</summary>
    public Mistake? Print()
    {
        _surroundings.Begin(looksForInstance: false);
        _surroundings.End();
        var finding = _tokens.Find();
        Output.Print(PlanPrinter.Print(_environment, Plan(finding.Token)));
        return finding.Mistake;
    }

    /// <summary>Prints the credentials once the sidecar has them.</summary>
    public Mistake? Get()
    {
        var verdict = StopSignals.While(_readiness.Fetch);

        if (verdict.ExitCode != ExitCodes.Ok)
        {
            return verdict.AsMistake(_settings.FullUri, _settings.Wait);
        }

        return ProcessCredentials.Of(_readiness.Body) is not { } document
            ? new Mistake(ExitCodes.NotReady, $"{_settings.FullUri} answered without a whole session, so it is not a sidecar. "
                + "Check --port.")
            : Output.Print(document) ? null
            : new Mistake(ExitCodes.NotReady, "The credentials could not be written to standard output.");
    }

    /// <returns>Only if the program did not start.</returns>
    public Mistake Start(string[] program)
    {
        var verdict = StopSignals.While(Wait);

        if (verdict.ExitCode != ExitCodes.Ok)
        {
            return verdict.AsMistake(_settings.FullUri, _settings.Wait);
        }

        if (Rivals.Told(Rivals.Remove(_environment.Copy(), _settings.Allowed)) is { } told)
        {
            Output.Error(told);
        }

        return Starter.Run(program, Plan(_readiness.Token));
    }

    private Verdict Wait()
    {
        _surroundings.Begin(looksForInstance: !_settings.AllowImds);
        var verdict = _readiness.Reach();

        if (verdict.ExitCode != ExitCodes.Ok)
        {
            return verdict;
        }

        _surroundings.End();
        return _readiness.Stranger() ?? verdict;
    }

    private Variables Plan(AuthorizationToken? token) =>
        EnvironmentPlan.Make(_environment, _settings.FullUri, token, _settings.AllowImds, _surroundings.FoundRegion, _settings.Allowed);
}
