using System.Text;

namespace CredentialSidecar.Networking;

/// <summary>For <c>nft -f -</c>: one transaction, which also replaces existing tables.</summary>
internal static class NftScript
{
    public static string Up(FirewallRules rules, bool hasIPv6)
    {
        var script = new StringBuilder();

        foreach (var family in hasIPv6 ? (string[])["ip", "ip6"] : ["ip"])
        {
            script.Append("table ").Append(family).Append(' ').Append(FirewallRules.Table).Append('\n');
            script.Append("delete table ").Append(family).Append(' ').Append(FirewallRules.Table).Append('\n');
        }

        Table(script, "ip", Chain("redirects", "type nat hook output priority -100", rules.In(Place.Redirect)),
            Chain("filters", "type filter hook output priority 0", rules.In(Place.Filter)));

        if (hasIPv6)
        {
            Table(script, "ip6", Chain("filters", "type filter hook output priority 0", rules.In(Place.Filter6)));
        }

        return script.ToString();
    }

    public static string Down(IEnumerable<string> families) =>
        string.Concat(families.Select(family => $"delete table {family} {FirewallRules.Table}\n"));

    private static void Table(StringBuilder script, string family, params IEnumerable<string> chains)
    {
        // A nat chain makes the kernel track every connection, so leave it out if it is empty.
        if (string.Concat(chains) is { Length: > 0 } body)
        {
            script.Append("table ").Append(family).Append(' ').Append(FirewallRules.Table).Append(" {\n").Append(body).Append("}\n");
        }
    }

    private static string Chain(string name, string hook, IEnumerable<FirewallRule> rules)
    {
        var lines = string.Concat(rules.Select(rule => $"    {rule.Nft} comment \"{rule.Label}\"\n"));
        return lines.Length == 0 ? "" : $"  chain {name} {{\n    {hook}; policy accept;\n{lines}  }}\n";
    }
}
