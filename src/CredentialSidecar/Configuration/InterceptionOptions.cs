using System.ComponentModel;

namespace CredentialSidecar.Configuration;

/// <summary>Whose connections to the ECS agent are answered by the sidecar.</summary>
internal sealed class InterceptionOptions
{
    [Description("1 to 65535: where redirected connections arrive, on 127.0.0.1.")]
    public int Port { get; set; } = 9172;

    [Description("The destination of each intercepted user, by uid. Empty means no interception.")]
    public Dictionary<string, string> Uids { get; set; } = [];

    [Description("Allows uid 0 among Uids; ECS Exec then stops working.")]
    public bool IncludeRoot { get; set; }

    [Description("The uid the sidecar runs as, which is never intercepted.")]
    public int SidecarUid { get; set; } = 9170;
}

/// <summary>What the sidecar changes in its own network namespace.</summary>
internal sealed class NetworkingOptions
{
    [Description("169.254.170.2 or 169.254.170.23: put on loopback. Empty means none.")]
    public string LinkLocalAddress { get; set; } = "";
}
