using System.ComponentModel;

namespace CredentialSidecar.Configuration.Options;

/// <summary>The users whose connections to the ECS agent the sidecar answers, and the other rules of <c>intercept up</c>.</summary>
internal sealed class InterceptionOptions
{
    [Description("1 to 65535: the first port on 127.0.0.1 for redirected connections, used for uid 1000.")]
    public int Port { get; set; } = 9172;

    [Description(
        "The destination of each intercepted user, by uid, and optionally its port: reports or reports:9172. Empty means no interception.")]
    public Dictionary<string, string> Uids { get; set; } = [];

    [Description("Allows uid 0 among Uids; ECS Exec then stops working.")]
    public bool IncludeRoot { get; set; }

    [Description("The uid the sidecar runs as, which is never intercepted.")]
    public int SidecarUid { get; set; } = 9170;

    [Description("intercept up allows only SidecarUid to answer on the sidecar's ports.")]
    public bool Guard { get; set; }

    [Description("intercept up allows only root and SidecarUid to reach EC2 instance metadata.")]
    public bool BlockImds { get; set; }
}

/// <summary>What the sidecar changes in its own network namespace.</summary>
internal sealed class NetworkingOptions
{
    [Description("169.254.170.2, 169.254.170.23 or fd00:ec2::23: an address to add to loopback. Empty means none.")]
    public string LinkLocalAddress { get; set; } = "";
}
