namespace CredentialSidecar.Networking;

/// <summary>One of the kernel's two rule tools.</summary>
internal interface IFirewall
{
    string Name { get; }

    /// <summary>Puts the rules in place, replacing those of an earlier time.</summary>
    /// <exception cref="InterceptionException">They could not be put in place.</exception>
    void Up(FirewallRules rules);

    /// <summary>Takes away what <see cref="Up"/> added, if there is anything.</summary>
    /// <exception cref="InterceptionException">It could not be taken away.</exception>
    void Down();

    /// <summary>Our rules; null where there are none.</summary>
    /// <exception cref="InterceptionException">They cannot be read.</exception>
    InstalledRules? Status();

    /// <summary>The parts that these rules consist of with this tool, see <see cref="InstalledRules.Parts"/>.</summary>
    IEnumerable<string> PartsOf(FirewallRules rules);

    /// <summary>A rule of somebody else for the agent's address, as the ECS agent has them on a host; null where there is none.</summary>
    /// <exception cref="InterceptionException">The rules cannot be read.</exception>
    string? Foreign();
}
