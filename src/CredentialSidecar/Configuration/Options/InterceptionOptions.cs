using System.ComponentModel;

namespace CredentialSidecar.Configuration.Options;

/// <summary>Whose connections to the ECS agent are answered by the sidecar, and what else the rules of <c>intercept up</c> keep.</summary>
internal sealed class InterceptionOptions
{
    [Description("1 to 65535: the first of the ports on 127.0.0.1 where redirected connections arrive, which is that of uid 1000.")]
    public int Port { get; set; } = 9172;

    [Description("The destination of each intercepted user, by uid, and optionally its port: reports or reports:9172. Empty means no interception.")]
    public Dictionary<string, string> Uids { get; set; } = [];

    [Description("Allows uid 0 among Uids; ECS Exec then stops working.")]
    public bool IncludeRoot { get; set; }

    [Description("The uid the sidecar runs as, which is never intercepted.")]
    public int SidecarUid { get; set; } = 9170;

    [Description("intercept up lets no other uid than SidecarUid answer on the sidecar's ports.")]
    public bool Guard { get; set; }

    [Description("intercept up keeps every uid but root and SidecarUid from EC2 instance metadata.")]
    public bool BlockImds { get; set; }
}

/// <summary>What the sidecar changes in its own network namespace.</summary>
internal sealed class NetworkingOptions
{
    [Description("169.254.170.2, 169.254.170.23 or fd00:ec2::23: put on loopback. Empty means none.")]
    public string LinkLocalAddress { get; set; } = "";
}
