using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Configuration.Reading;
using CredentialSidecar.Configuration.Rules;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Configuration;

/// <summary>The options of <c>intercept</c> on the command line.</summary>
/// <param name="Uids">Each <c>1000=reports</c> or <c>1000=reports:9172</c>.</param>
internal sealed record InterceptionRequest(IReadOnlyList<string> Uids, bool IncludeRoot = false, bool Guard = false,
    bool BlockImds = false);

/// <summary>Reads only the settings that <c>intercept</c> needs.</summary>
internal static class InterceptionLoader
{
    private const string Argument = "--uid";

    private static readonly string[] Sections = [Argument, "Interception", "Networking"];

    /// <param name="request">Where it names uids and the configuration has some too, they must be the same.</param>
    /// <param name="mayBeNothing">Whether asking for nothing is right, as it is for a look at what is there.</param>
    /// <exception cref="ConfigurationMistakesException">Something in these sections is wrong, or nothing was asked for.</exception>
    public static (SidecarOptions Options, IReadOnlyList<InterceptedUser> Users) Load(
        ProcessEnvironment environment, string? file, InterceptionRequest request, bool mayBeNothing = false)
    {
        var findings = new Findings();
        var layers = new ConfigurationLayers(environment, file, findings);
        var options = new OptionsReader(layers, findings).Read();
        var interception = options.Interception;
        var configured = interception.Uids;
        var asked = Read(request.Uids, findings);
        interception.IncludeRoot |= request.IncludeRoot;
        interception.Guard |= request.Guard;
        interception.BlockImds |= request.BlockImds;

        interception.Uids = asked.Count > 0 ? asked : configured;
        findings.Require(mayBeNothing
            || request.Uids.Count > 0
            || interception.Uids.Count > 0
            || interception.Guard
            || interception.BlockImds
            || options.Networking.LinkLocalAddress.Length > 0,
            Argument,
            "is not given, and Interception:Uids is not set; give the users to intercept (--uid 1000=reports), --guard or --block-imds");
        var users = InterceptionRules.Check(options, findings);

        if (asked.Count > 0 && asked.Count == request.Uids.Count && configured.Count > 0)
        {
            interception.Uids = configured;
            var (ours, theirs) = (Text(users), Text(InterceptionRules.Check(options, findings)));
            findings.Require(ours == theirs, Argument,
                $"gives {ours}, but {findings.NameOf("Interception:Uids")} gives {theirs}; "
                + "they must be equal, because the sidecar uses the configuration");
        }

        Mistake[] mistakes = [.. findings.SourceUnread ? findings.Mistakes : findings.MistakesOf(Sections)];
        return mistakes.Length == 0 ? (options, users) : throw new ConfigurationMistakesException(mistakes);
    }

    private static Dictionary<string, string> Read(IReadOnlyList<string> uids, Findings findings)
    {
        var read = new Dictionary<string, string>();

        foreach (var text in uids)
        {
            var isPair = text.Split('=', 2) is [{ Length: > 0 }, { Length: > 0 }];
            findings.Require(isPair, Argument,
                $"is {Shown.Quoted(text)}; expected a uid and a destination: 1000=reports or 1000=reports:9172");
            findings.Require(!isPair || read.TryAdd(text.Split('=', 2)[0], text.Split('=', 2)[1]), Argument,
                $"is {Shown.Quoted(text)}, but that uid was already given");
        }

        return read;
    }

    private static string Text(IEnumerable<InterceptedUser> users) => string.Join(' ', users);
}
