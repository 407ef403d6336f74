namespace CredentialSidecar.Networking;

/// <param name="Installed">The rules of each tool that has any.</param>
/// <param name="Missing">The parts that are missing.</param>
internal sealed record InterceptionStatus(IReadOnlyList<InstalledRules> Installed, IReadOnlyList<string> Missing);

/// <summary>Implements <c>intercept up</c>, <c>down</c> and <c>status</c>, and refuses to run where the rules would do harm.</summary>
internal static class Interception
{
    // The ECS agent's introspection, credentials and CSI ports: they listen on a host, never in a task's own namespace.
    private static readonly int[] AgentPorts = [51678, 51679, 51680];

    /// <summary>Installs the rules, and replaces existing ones.</summary>
    /// <returns>The name of the tool that succeeded.</returns>
    /// <exception cref="InterceptionException">The rules could not be installed, or would do harm.</exception>
    public static string Up(FirewallRules rules)
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
                // A kernel may support only one of them.
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

    /// <summary>The installed rules, and what is missing.</summary>
    /// <param name="wanted">The wanted rules, as far as they are known here.</param>
    /// <exception cref="InterceptionException">They cannot be read.</exception>
    public static InterceptionStatus Status(FirewallRules wanted)
    {
        var tools = Tools();
        var installed = tools.Select(tool => (Tool: tool, Rules: tool.Status())).Where(found => found.Rules is not null).ToArray();
        var parts = installed.SelectMany(found => found.Rules!.Parts).ToHashSet();
        var needed = installed.Length > 0
            ? installed.SelectMany(found => found.Tool.PartsOf(found.Rules!.Whole(wanted)))
            : tools[0].PartsOf(wanted);
        return new InterceptionStatus([.. installed.Select(found => found.Rules!)],
            [.. needed.Distinct().Where(part => !parts.Contains(part))]);
    }

    private static List<IFirewall> Tools()
    {
        List<IFirewall> tools = [];

        if (Tool.IsPresent("nft"))
        {
            tools.Add(new Nftables());
        }

        if (Iptables.IsPresent)
        {
            tools.Add(new Iptables());
        }

        return tools.Count > 0
            ? tools
            : throw new InterceptionException(
                "this image has neither nft nor iptables: install nftables or iptables in the image that runs intercept.");
    }

    private static void RefuseHostNetworking(List<IFirewall> tools)
    {
        var agent = KernelNetwork.ListeningPorts().Intersect(AgentPorts).Order().FirstOrDefault();
        Refuse(agent != 0,
            $"the ECS agent listens on port {agent} of this network namespace, so this is host networking, and rules here would catch "
            + "other tasks. Use network mode awsvpc, or credential-launch.");
        Refuse(KernelNetwork.IsTheHosts,
            "this is the machine's own network namespace, so this is host networking, and rules here would catch other tasks. "
            + "Use network mode awsvpc, or credential-launch.");

        var foreign = tools.Select(tool => tool.Foreign()).FirstOrDefault(rule => rule is not null);
        Refuse(foreign is not null,
            $"a rule for {FirewallRules.AgentAddress} already exists ({foreign}), so this is host networking, or another program already "
            + "intercepts. Use network mode awsvpc, or credential-launch.");
    }

    private static void Refuse(bool when, string why)
    {
        if (when)
        {
            throw new InterceptionException(why) { Refused = true };
        }
    }
}
