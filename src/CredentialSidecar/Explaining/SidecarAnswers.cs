namespace CredentialSidecar.Explaining;

/// <summary>The sidecar's own error codes, for a program that shows only the code. docs/errors.md has the same codes.</summary>
internal static class SidecarAnswers
{
    private static readonly Dictionary<string, (string What, string ToDo)> All = new(StringComparer.Ordinal)
    {
        ["InvalidIdInRequest"] = ("it has no destination of that name",
            "Compare the address, or credential-launch --destination, with Destinations in the sidecar's configuration."),
        ["Unauthorized"] = ("the token is missing, wrong or replaced",
            "Start the program by credential-launch, which finds the token, or compare AWS_CONTAINER_AUTHORIZATION_TOKEN with "
            + "SIDECAR_TOKEN. After a restart of the sidecar a program needs the new token."),
        ["DestinationNotAllowed"] = ("the client of this token may not read this destination",
            "Add the destination to the client in Access:Clients, or name another destination."),
        ["RequestNotAllowed"] = ("it came through a proxy or from a browser, under another Host or from another machine",
            "Ask 127.0.0.1 directly, with NO_PROXY=127.0.0.1,localhost; otherwise set Access:Hosts or Access:Peers."),
        ["NotIntercepted"] = ("it reached the interception port directly, or the uid of its connection is in doubt",
            "See docs/interception.md."),
        ["InvalidRoleConfiguration"] = ("STS rejects an input of a hop",
            "Read the sidecar's log, event 301, and correct the configuration."),
        ["AskedTooOften"] = ("one client sent too many requests", "Keep the SDK's client, and with it the credentials, between calls."),
        ["RequestTooLarge"] = ("the body is too large", "Send only the fields of the task protection API."),
        ["CredentialsUninitialized"] = ("the first session is not there yet",
            "Start the program after the sidecar is healthy (dependsOn HEALTHY). If that takes long, run credential-sidecar status."),
        ["SourceUnavailable"] = ("it cannot read the task role",
            "Check that the task definition has a taskRoleArn, and read the sidecar's log."),
        ["CredentialsUnavailable"] = ("STS cannot be reached, throttles, or rejects the caller's credentials",
            "The sidecar retries. Run credential-sidecar status for the reason."),
    };

    public static IEnumerable<string> Codes => All.Keys;

    /// <returns>Null if it is not a code of the sidecar alone.</returns>
    public static (string What, string ToDo)? Of(string? code) => code is not null && All.TryGetValue(code, out var known) ? known : null;
}
