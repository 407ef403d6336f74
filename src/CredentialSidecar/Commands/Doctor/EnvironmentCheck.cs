using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Commands.Doctor;

/// <summary>Finds variables that keep an SDK from using the sidecar. Values are never shown.</summary>
internal static class EnvironmentCheck
{
    private const string Full = FixedNames.FullUriVariable;
    private const string Token = FixedNames.TokenVariable;

    private static readonly string[] Proxies = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];

    /// <param name="check">The owner of the environment.</param>
    /// <param name="tokens">The valid tokens; empty if no token is required.</param>
    public static void OfSibling(Examination examination, string check, Func<string, string?> variable, SidecarSettings settings,
        IReadOnlyCollection<string> tokens)
    {
        if (variable(Full) is not { } full)
        {
            examination.Warn(check, $"{Full} is not set, so SDKs do not use the sidecar",
                "To use the sidecar, start this process with credential-launch.");
            return;
        }

        var before = examination.Lines.Count;
        Address(examination, check, full, settings);

        foreach (var (name, effect) in CompetingVariables.OfPlatforms.Concat(CompetingVariables.OfPeople)
            .Where(rival => CompetingVariables.Competes(rival.Name, variable(rival.Name), variable)))
        {
            examination.Fail(check, $"{name} is set, and {effect}", $"Start this process with credential-launch, or with env -u {name}.");
        }

        if (tokens.Count > 0 && variable(Token) is { } sent && !tokens.Contains(sent))
        {
            examination.Fail(check, $"{Token} is not the sidecar's token",
                "Give both the same secret, or read it from the shared directory.");
        }

        if (tokens.Count > 0 && variable(Token) is null && variable(Token + "_FILE") is null)
        {
            examination.Fail(check, $"neither {Token} nor {Token}_FILE is set",
                "Set one of them; without a token the sidecar answers 401.");
        }

        if (Proxies.Any(proxy => variable(proxy) is not null) && !Excludes(variable("NO_PROXY")) && !Excludes(variable("no_proxy")))
        {
            examination.Warn(check, "a proxy is set and NO_PROXY leaves out 127.0.0.1",
                "The SDKs for .NET and Rust would send requests to the proxy; set NO_PROXY=127.0.0.1,localhost.");
        }

        if (before == examination.Lines.Count)
        {
            examination.Pass(check, "uses the sidecar; no other variable takes precedence");
        }
    }

    /// <summary>
    /// The sidecar's own environment, where RELATIVE_URI is correct. Proxies do not matter, since it does not use them for loopback.
    /// </summary>
    public static void OfSidecar(Examination examination, Func<string, string?> variable)
    {
        const string check = "this environment";

        if (variable(Full) is not null && variable(CompetingVariables.RelativeUri) is not null)
        {
            examination.Warn(check, $"{Full} is set besides {CompetingVariables.RelativeUri} and has no effect here",
                $"Set {Full} in the siblings only.");
        }
        else
        {
            examination.Pass(check, "no variable overrides the source");
        }
    }

    private static bool Excludes(string? list) =>
        list?.Split(',', StringSplitOptions.TrimEntries).Any(entry => entry is "127.0.0.1" or "*" or "127.0.0.0/8") == true;

    private static void Address(Examination examination, string check, string text, SidecarSettings settings)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri))
        {
            examination.Fail(check, $"{Full} is not a URL",
                $"Set it to http://127.0.0.1:{settings.Listen.Port}{FixedNames.CredentialsPath}/…");
        }
        else if (uri.Scheme == "http" && uri.Host != "127.0.0.1")
        {
            examination.Warn(check, $"{Full} names {uri.Host}", "Some SDKs accept only 127.0.0.1 over http; use that.");
        }
        else if (uri.Port != settings.Listen.Port)
        {
            examination.Warn(check, $"{Full} names port {uri.Port}", $"This sidecar listens on port {settings.Listen.Port}.");
        }
    }
}
