using System.Globalization;

namespace CredentialSidecar.Networking;

/// <summary>What <c>intercept up</c>, <c>down</c> and <c>status</c> do, and what they refuse to do.</summary>
internal static class Interception
{
    // The ECS agent's introspection, credentials and CSI ports: they listen on a host, never in a task's own namespace.
    private static readonly int[] AgentPorts = [51678, 51679, 51680];

    private static readonly string[] SocketTables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <summary>Replaces whatever was up before.</summary>
    /// <returns>The name of the tool that did it.</returns>
    /// <exception cref="InterceptionException">It could not be done, or would do harm.</exception>
    public static string Up(RedirectRules rules)
    {
        var tools = Tools();
        RefuseHostNetworking(tools);

        foreach (var (i, tool) in tools.Index())
        {
            try
            {
                tool.Up(rules);
            }
            catch (InterceptionException e) when (!e.Denied && i + 1 < tools.Count)
            {
                // A kernel may know the one and not the other.
                continue;
            }

            foreach (var other in tools.Where(other => other != tool))
            {
                other.Down();
            }

            return tool.Name;
        }

        throw new InvalidOperationException("There is always a last tool.");
    }

    /// <exception cref="InterceptionException">It could not be done.</exception>
    public static void Down() => Tools().ForEach(tool => tool.Down());

    /// <summary>The rules that are up, as their tool prints them; null where there are none.</summary>
    /// <exception cref="InterceptionException">They cannot be read.</exception>
    public static string? Status() => string.Join('\n', Tools().Select(tool => tool.Status()).OfType<string>()) is { Length: > 0 } rules ? rules : null;

    private static List<IFirewall> Tools()
    {
        List<IFirewall> tools = [];

        if (Tool.IsPresent("nft"))
        {
            tools.Add(new Nftables());
        }

        if (Tool.IsPresent("iptables") && Tool.IsPresent("iptables-save") && Tool.IsPresent("iptables-restore"))
        {
            tools.Add(new Iptables());
        }

        return tools.Count > 0 ? tools : throw new InterceptionException("neither nft nor iptables is in this image: install nftables, or iptables, in the one that runs intercept.");
    }

    private static void RefuseHostNetworking(List<IFirewall> tools)
    {
        var agent = ListeningPorts().Intersect(AgentPorts).Order().FirstOrDefault();
        Refuse(agent != 0, $"the ECS agent listens on port {agent} of this network namespace, so this is host networking, and rules here would catch other tasks. Use network mode awsvpc, or credential-launch.");

        var foreign = tools.Select(tool => tool.Foreign()).FirstOrDefault(rule => rule is not null);
        Refuse(foreign is not null, $"there is a rule for {RedirectRules.AgentAddress} already ({foreign}), so this is host networking, or somebody else intercepts. Use network mode awsvpc, or credential-launch.");
    }

    private static void Refuse(bool when, string why)
    {
        if (when)
        {
            throw new InterceptionException(why) { Refused = true };
        }
    }

    // /proc/net/tcp: "sl local_address rem_address st …", the address in hex, 0A for listening.
    private static IEnumerable<int> ListeningPorts() =>
        from file in SocketTables
        where File.Exists(file)
        from line in File.ReadLines(file).Skip(1)
        let fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        where fields.Length > 3 && fields[3] == "0A"
        select int.Parse(fields[1][(fields[1].IndexOf(':', StringComparison.Ordinal) + 1)..], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
