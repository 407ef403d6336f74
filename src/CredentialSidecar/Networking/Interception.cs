using System.Globalization;

namespace CredentialSidecar.Networking;

/// <summary>What <c>intercept up</c>, <c>down</c> and <c>status</c> do, and what they refuse to do.</summary>
internal static class Interception
{
    // The ECS agent's introspection, credentials and CSI ports: they listen on a host, never in a task's own namespace.
    private static readonly int[] AgentPorts = [51678, 51679, 51680];

    /// <exception cref="InterceptionException">There is neither nft nor iptables.</exception>
    public static IFirewall Firewall() =>
        Nftables.IsPresent ? new Nftables()
        : Iptables.IsPresent ? new Iptables()
        : throw new InterceptionException("Neither nft nor iptables is here: use an image that has one of them, the sidecar's init image for example.");

    /// <summary>Refuses what would cut off the sidecar, ECS Exec or other tasks.</summary>
    /// <exception cref="InterceptionException">The rules would do harm.</exception>
    public static void Check(InterceptionRules rules, uint sidecarUid, bool includeRoot, IFirewall firewall)
    {
        Refuse(rules.Uids.Count == 0, "No uid is named: give --uid 1000=destination, or Interception:Uids in the configuration.");
        Refuse(rules.Uids.Contains(sidecarUid), $"uid {sidecarUid} is the sidecar's own: it would ask itself for the task role. Run the application under another uid, or name the sidecar's with --sidecar-uid.");
        Refuse(rules.Uids.Contains(0u) && !includeRoot, "uid 0 is root, as whom ECS Exec's agent reads the task role: with it intercepted, ECS Exec stops working. If that is meant, add --include-root.");
        Refuse(ListeningPorts().Intersect(AgentPorts).Any(), "The ECS agent listens in this network namespace, so this is host networking: rules here would catch other tasks. Use credential-launch.");
        Refuse(firewall.Foreign() is not null, $"There are rules for {InterceptionRules.AgentAddress} already ({firewall.Foreign()}), so this is host networking, or somebody else intercepts. Use credential-launch.");
    }

    private static void Refuse(bool when, string why)
    {
        if (when)
        {
            throw new InterceptionException(why);
        }
    }

    // /proc/net/tcp: "sl local_address rem_address st …", the address in hex, 0A for listening.
    private static IEnumerable<int> ListeningPorts() =>
        from file in new[] { "/proc/net/tcp", "/proc/net/tcp6" }
        where File.Exists(file)
        from line in File.ReadLines(file).Skip(1)
        let fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        where fields.Length > 3 && fields[3] == "0A"
        select int.Parse(fields[1][(fields[1].IndexOf(':', StringComparison.Ordinal) + 1)..], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
