namespace CredentialSidecar.Configuration;

/// <summary>Reads what <c>intercept</c> needs, and lets be what only <c>serve</c> needs.</summary>
internal static class InterceptionLoader
{
    private const string Argument = "--uid";

    private static readonly string[] Sections = ["Interception", "Networking"];

    /// <param name="uids">From the command line, each <c>1000=reports</c>; where there are any and the configuration has some too, they must be the same.</param>
    /// <exception cref="ConfigurationMistakesException">Something in these sections is wrong, or nothing was asked for.</exception>
    public static SidecarOptions Load(ProcessEnvironment environment, string? file, IReadOnlyList<string> uids, bool includeRoot)
    {
        var findings = new Findings();
        using var layers = new ConfigurationLayers(environment, file, findings);
        var options = new OptionsReader(layers, findings).Read();
        var configured = options.Interception.Uids;
        var asked = Read(uids, findings);

        findings.Require(asked.Count == 0 || configured.Count == 0 || Same(asked, configured), Argument,
            $"gives {Text(asked)}, but {findings.NameOf("Interception:Uids")} gives {Text(configured)}; they must say the same, since the sidecar goes by the configuration");
        options.Interception.Uids = asked.Count > 0 ? asked : configured;
        options.Interception.IncludeRoot |= includeRoot;
        findings.Require(options.Interception.Uids.Count > 0 || options.Networking.LinkLocalAddress.Length > 0, Argument,
            "is not given, and neither is Interception:Uids; name whom to intercept: --uid 1000=reports");
        InterceptionRules.Check(options, findings);

        var mistakes = findings.Mistakes.Where(mistake => findings.SourceUnread || IsOurs(mistake)).ToArray();
        return mistakes.Length == 0 ? options : throw new ConfigurationMistakesException(mistakes);
    }

    private static Dictionary<string, string> Read(IReadOnlyList<string> uids, Findings findings)
    {
        var read = new Dictionary<string, string>();

        foreach (var text in uids)
        {
            var isPair = text.Split('=', 2) is [{ Length: > 0 }, { Length: > 0 }];
            findings.Require(isPair, Argument, $"is {Shown.Quoted(text)}, expected a uid and a destination: 1000=reports");
            findings.Require(!isPair || read.TryAdd(text.Split('=', 2)[0], text.Split('=', 2)[1]), Argument, $"is {Shown.Quoted(text)}, but that uid was given before");
        }

        return read;
    }

    private static bool Same(Dictionary<string, string> one, Dictionary<string, string> other) =>
        one.Count == other.Count && one.All(uid => other.TryGetValue(uid.Key, out var destination) && destination == uid.Value);

    private static string Text(Dictionary<string, string> uids) => string.Join(' ', uids.OrderBy(uid => uid.Key, StringComparer.Ordinal).Select(uid => $"{uid.Key}={uid.Value}"));

    private static bool IsOurs(Mistake mistake) => mistake.Key == Argument || Sections.Any(section => mistake.Key.Contains(section, StringComparison.OrdinalIgnoreCase));
}
