namespace CredentialSidecar.Networking;

/// <summary>Installs rules with nft, in separate tables. nat in the family inet needs Linux 5.2, so each family has a table.</summary>
internal sealed class Nftables : IFirewall
{
    public string Name => "nft";

    public void Up(FirewallRules rules) => Run(NftScript.Up(rules, KernelNetwork.HasIPv6), "-f", "-");

    public void Down()
    {
        if (Lines().Where(l => IsOurs(l.Table)).Select(l => l.Family).Distinct().ToArray() is [_, ..] families)
        {
            Run(NftScript.Down(families), "-f", "-");
        }
    }

    public InstalledRules? Status()
    {
        var ours = Lines().Where(l => IsOurs(l.Table)).ToArray();
        var labels = from l in ours
                     let label = InstalledRules.LabelIn(l.Line)
                     where label is not null
                     select InstalledRules.PartOf(l.Family == "ip6" ? Place.Filter6 : Place.Filter, label);
        return ours.Length == 0 ? null : new InstalledRules(Name, string.Join('\n', ours.Select(l => l.Line)), labels.ToHashSet());
    }

    public IEnumerable<string> PartsOf(FirewallRules rules) =>
        from place in Enum.GetValues<Place>()
        where place != Place.Filter6 || KernelNetwork.HasIPv6
        from rule in rules.In(place)
        select InstalledRules.PartOf(place, rule.Label);

    public string? Foreign() => Lines()
        .Where(l => !IsOurs(l.Table) && l.Chain != FirewallRules.Chain)
        .Select(l => l.Line.Trim())
        .FirstOrDefault(line => line.Contains(FirewallRules.AgentAddress, StringComparison.Ordinal)
            && !line.Contains(FirewallRules.Chain, StringComparison.Ordinal));

    private static bool IsOurs(string table) => table == FirewallRules.Table;

    // Listing all tables distinguishes "no such table" from "cannot be read", which an error text does not.
    private static IEnumerable<(string Family, string Table, string Chain, string Line)> Lines()
    {
        var (family, table, chain) = ("", "", "");

        foreach (var line in Run(null, "list", "ruleset").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            switch (line.Trim().Split(' '))
            {
                case ["table", var named, var name, "{"]:
                    (family, table, chain) = (named, name, "");
                    break;
                case ["chain", var name, "{"]:
                    chain = name;
                    break;
            }

            yield return (family, table, chain, line);
        }
    }

    private static string Run(string? input, params ReadOnlySpan<string> arguments)
    {
        var done = Tool.Run("nft", input, arguments);
        return done is { Ok: true } ? done.Output : throw InterceptionException.Of("nft", done);
    }
}
