using System.ComponentModel;

namespace CredentialSidecar.Configuration.Options;

/// <summary>Who may read what.</summary>
internal sealed class AccessOptions
{
    [Description("The authorization token of the client that may read every destination: one line of visible ASCII, at least 32 characters.")]
    public string? Token { get; set; }

    [Description("The file that holds that token, without a newline at its end; read again when it changes.")]
    public string? TokenFile { get; set; }

    [Description("Further clients by name, [a-z0-9_-]{1,64}, each with a token of its own and the destinations it may read.")]
    public Dictionary<string, ClientOptions> Clients { get; set; } = [];

    [Description("Serve whoever asks. Never together with a token, and only where nobody but the sidecar's own host or Peers can ask.")]
    public bool AllowAnonymous { get; set; }

    [Description("Accept tokens under 32 characters.")]
    public bool AllowShortTokens { get; set; }

    [Description("Keep a generated token after an unclean end too, when another process may have listened on the port and collected it.")]
    public bool KeepTokens { get; set; }

    [Description("How long a token stays valid after a new one took its place, 0s to 24h.")]
    public TimeSpan TokenGrace { get; set; } = TimeSpan.FromHours(1);

    [Description("Networks or addresses that may ask although they are not this host, such as 10.0.0.0/24. Empty means none.")]
    public List<string> Peers { get; set; } = [];

    [Description("Names or addresses that a request's Host may bear, with any port, beside the address and port it came to; for a forwarded port, say.")]
    public List<string> Hosts { get; set; } = [];

    [Description("The most requests that one client at one address gets answered in a second, 100 to 100000; no SDK comes near the default.")]
    public int RequestsPerSecond { get; set; } = 1000;
}

/// <summary>A holder of a token of its own.</summary>
internal sealed class ClientOptions
{
    [Description("Its authorization token. Without it and TokenFile, one is generated into SharedDirectory.")]
    public string? Token { get; set; }

    [Description("The file that holds its token, without a newline at its end; read again when it changes.")]
    public string? TokenFile { get; set; }

    [Description("A directory that only this client's containers mount: its token and the launcher are put there.")]
    public string? SharedDirectory { get; set; }

    [Description("The destinations it may read; where there is one, it is also at /v1/credentials.")]
    public List<string> Destinations { get; set; } = [];
}

/// <summary>Where it is written down who got what.</summary>
internal sealed class AuditOptions
{
    [Description("One line for each answer in the log, category CredentialSidecar.Audit.")]
    public bool Log { get; set; } = true;

    [Description("A file to append one JSON object a line to, for each answer; opened anew at SIGHUP.")]
    public string? File { get; set; }
}
