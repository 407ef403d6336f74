namespace CredentialSidecar.Networking;

/// <summary>Installs rules with iptables and ip6tables, in separate chains that OUTPUT jumps to.</summary>
internal sealed class Iptables : IFirewall
{
    private static readonly (Place Place, string Program, string Table, string Jump)[] Chains =
    [
        // The filter first: until both are installed, a connection is rejected instead of reaching the agent.
        (Place.Filter6, "ip6tables", "filter", $"OUTPUT -j {FirewallRules.Chain}"),
        (Place.Filter, "iptables", "filter", $"OUTPUT -j {FirewallRules.Chain}"),
        (Place.Redirect, "iptables", "nat", $"OUTPUT -d {FirewallRules.AgentAddress}/32 -p tcp -m tcp --dport 80 -j {FirewallRules.Chain}"),
    ];

    public string Name => "iptables";

    public static bool IsPresent => IsWhole("iptables");

    public void Up(FirewallRules rules) => Restore(rules, Chains);

    public void Down() => Restore(new FirewallRules([], [], 0, false), Enumerable.Reverse(Chains));

    public InstalledRules? Status()
    {
        var ours = Saved().Where(l => IsOurs(l.Line)).ToArray();
        var labels = from l in ours
                     let label = InstalledRules.LabelIn(l.Line)
                     where label is not null
                     select InstalledRules.PartOf(l.Place, label);
        var jumps = Chains.Where(chain => ours.Contains((chain.Place, "-A " + chain.Jump))).Select(chain => JumpTo(chain.Place));
        return ours.Length == 0
            ? null
            : new InstalledRules(Name, string.Join('\n', ours.Select(l => l.Line)), labels.Concat(jumps).ToHashSet());
    }

    public IEnumerable<string> PartsOf(FirewallRules rules) =>
        from chain in Chains
        let parts = rules.In(chain.Place).Select(rule => InstalledRules.PartOf(chain.Place, rule.Label)).ToArray()
        where parts.Length > 0 && Has(chain.Program)
        from part in parts.Append(JumpTo(chain.Place))
        select part;

    // Older hosts have rules that only the legacy program sees.
    public string? Foreign() => Saved().Select(l => l.Line)
        .Concat(Tool.IsPresent("iptables-legacy-save") ? Run("iptables-legacy-save", null).Split('\n') : [])
        .FirstOrDefault(line => line.Contains(FirewallRules.AgentAddress, StringComparison.Ordinal) && !IsOurs(line));

    private static void Restore(FirewallRules rules, IEnumerable<(Place Place, string Program, string Table, string Jump)> chains)
    {
        var saved = Saved();

        foreach (var (place, program, table, jump) in chains)
        {
            string[] lines = [.. rules.In(place).Select(rule => $"-A {FirewallRules.Chain} {Commented(rule)}")];
            string[] ours = [.. saved.Where(l => l.Place == place && IsOurs(l.Line)).Select(l => l.Line)];

            if (lines.Length > 0 && place == Place.Filter6 && KernelNetwork.HasIPv6 && !IsWhole(program))
            {
                throw new InterceptionException(
                    "this image does not have ip6tables, but the kernel supports IPv6: install iptables with ip6tables, or nftables.");
            }

            if (Has(program) && (lines.Length > 0 || ours.Length > 0))
            {
                Run($"{program}-restore", lines.Length > 0 ? Fill(table, jump, lines, ours) : Empty(table, ours), "--noflush", "-w", "5");
            }
        }
    }

    // One transaction: naming a chain empties it; other chains stay.
    private static string Fill(string table, string jump, string[] lines, string[] ours) => string.Join('\n',
        [$"*{table}", $":{FirewallRules.Chain} - [0:0]", .. lines, .. ours.Contains($"-A {jump}") ? (string[])[] : [$"-I {jump}"], "COMMIT",
            ""]);

    private static string Empty(string table, string[] ours) => string.Join('\n',
        [$"*{table}", .. ours.Where(line => line.StartsWith("-A OUTPUT ", StringComparison.Ordinal)).Select(line => $"-D{line[2..]}"),
            $"-F {FirewallRules.Chain}", $"-X {FirewallRules.Chain}", "COMMIT", ""]);

    // The target stays last, where iptables-nft expects it.
    private static string Commented(FirewallRule rule) =>
        rule.Iptables.Insert(rule.Iptables.IndexOf(" -j ", StringComparison.Ordinal), $" -m comment --comment \"{rule.Label}\"");

    private static string JumpTo(Place place) =>
        InstalledRules.PartOf(place, $"jump of OUTPUT to the {(place == Place.Redirect ? "redirects" : "filters")}");

    private static bool IsOurs(string line) => line.Contains(FirewallRules.Chain, StringComparison.Ordinal);

    private static bool IsWhole(string program) =>
        Tool.IsPresent(program) && Tool.IsPresent($"{program}-save") && Tool.IsPresent($"{program}-restore");

    private static bool Has(string program) => IsWhole(program) && (program == "iptables" || KernelNetwork.HasIPv6);

    // Lists all tables: listing one by name would create it.
    private static (Place Place, string Line)[] Saved() =>
    [
        .. Tabled("iptables")
            .Where(l => l.Table is "nat" or "filter")
            .Select(l => (l.Table == "nat" ? Place.Redirect : Place.Filter, l.Line)),
        .. Has("ip6tables") ? Tabled("ip6tables").Where(l => l.Table == "filter").Select(l => (Place.Filter6, l.Line)) : [],
    ];

    private static IEnumerable<(string Table, string Line)> Tabled(string program)
    {
        var table = "";

        foreach (var line in Run($"{program}-save", null).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            table = line.StartsWith('*') ? line[1..] : table;
            yield return (table, line);
        }
    }

    private static string Run(string program, string? input, params ReadOnlySpan<string> arguments)
    {
        var done = Tool.Run(program, input, arguments);
        return done is { Ok: true } ? done.Output : throw InterceptionException.Of("iptables", done);
    }
}
