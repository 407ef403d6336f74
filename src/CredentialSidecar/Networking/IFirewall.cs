namespace CredentialSidecar.Networking;

/// <summary>One of the kernel's two rule tools.</summary>
internal interface IFirewall
{
    string Name { get; }

    /// <summary>Installs the rules, and replaces existing ones.</summary>
    /// <exception cref="InterceptionException">The rules could not be installed.</exception>
    void Up(FirewallRules rules);

    /// <summary>Removes the rules that <see cref="Up"/> added, if any.</summary>
    /// <exception cref="InterceptionException">The rules could not be removed.</exception>
    void Down();

    /// <summary>The installed rules; null if there are none.</summary>
    /// <exception cref="InterceptionException">The rules cannot be read.</exception>
    InstalledRules? Status();

    /// <summary>The parts that these rules consist of with this tool, see <see cref="InstalledRules.Parts"/>.</summary>
    IEnumerable<string> PartsOf(FirewallRules rules);

    /// <summary>Another program's rule for the agent's address, such as the ECS agent's on a host; null if there is none.</summary>
    /// <exception cref="InterceptionException">The rules cannot be read.</exception>
    string? Foreign();
}
