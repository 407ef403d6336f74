using System.ComponentModel;

namespace CredentialSidecar.Configuration.Options;

/// <summary>Who may read what.</summary>
internal sealed class AccessOptions
{
    [Description(
        "The authorization token of the client that may read every destination: one line of visible ASCII, at least 32 characters.")]
    public string? Token { get; set; }

    [Description("The file with that token, without a newline at its end; read again when it changes.")]
    public string? TokenFile { get; set; }

    [Description("Further clients by name, [a-z0-9_-]{1,64}, each with its own token or uids, and the destinations it may read.")]
    public Dictionary<string, ClientOptions> Clients { get; set; } = [];

    [Description(
        "Serve clients without a token. Not allowed together with a token, or on addresses that other hosts than Peers can reach.")]
    public bool AllowAnonymous { get; set; }

    [Description("Accept tokens under 32 characters.")]
    public bool AllowShortTokens { get; set; }

    [Description(
        "Keep a generated token even after an unclean end, although another process may have listened on the port and collected it.")]
    public bool KeepTokens { get; set; }

    [Description("How long a token stays valid after a new one replaced it, 0s to 24h.")]
    public TimeSpan TokenGrace { get; set; } = TimeSpan.FromHours(1);

    [Description("Networks or addresses besides this host that may send requests, such as 10.0.0.0/24. Empty means none.")]
    public List<string> Peers { get; set; } = [];

    [Description(
        "Names or addresses that the Host header may contain, with any port, besides the listener's address and port; "
        + "for example for a forwarded port.")]
    public List<string> Hosts { get; set; } = [];

    [Description("The maximum requests per second of one client at one address, 100 to 100000. The default is far above any SDK's rate.")]
    public int RequestsPerSecond { get; set; } = 1000;
}

/// <summary>A client with its own token, its own uids, or both.</summary>
internal sealed class ClientOptions
{
    [Description("Its authorization token. Without it and TokenFile, one is generated into SharedDirectory if that is set.")]
    public string? Token { get; set; }

    [Description("The file with its token, without a newline at its end; read again when it changes.")]
    public string? TokenFile { get; set; }

    [Description("A directory that only this client's containers mount; the sidecar writes the token and the launcher there.")]
    public string? SharedDirectory { get; set; }

    [Description(
        "The uids whose connections are the client's. Without a token, they alone identify the client. "
        + "With a token, the token is valid only for them.")]
    public List<string> Uids { get; set; } = [];

    [Description("The destinations it may read; if there is only one, it is also served at /v1/credentials.")]
    public List<string> Destinations { get; set; } = [];
}

/// <summary>Where the audit is written.</summary>
internal sealed class AuditOptions
{
    [Description("One line for each answer in the log, category CredentialSidecar.Audit.")]
    public bool Log { get; set; } = true;

    [Description("A file to which one JSON object per line is appended for each answer; reopened on SIGHUP.")]
    public string? File { get; set; }
}
