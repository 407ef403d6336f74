namespace CredentialSidecar.Networking;

/// <summary>Rules by nft, in a table of our own.</summary>
internal sealed class Nftables : IFirewall
{
    public string Name => "nft";

    public void Up(RedirectRules rules) => Run(rules.Nft, "-f", "-");

    public void Down()
    {
        if (Status() is not null)
        {
            Run(null, "delete", "table", "ip", RedirectRules.Table);
        }
    }

    public string? Status() => Sections().Where(s => s.Table == RedirectRules.Table).Select(s => s.Line).ToArray() is [_, ..] lines
        ? string.Join('\n', lines)
        : null;

    public string? Foreign() => Sections()
        .Where(s => s.Table != RedirectRules.Table && s.Chain != RedirectRules.Chain)
        .Select(s => s.Line.Trim())
        .FirstOrDefault(line => line.Contains(RedirectRules.AgentAddress, StringComparison.Ordinal) && !line.Contains(RedirectRules.Chain, StringComparison.Ordinal));

    // One reading of all tables tells "there is none" from "it cannot be read", which the text of an error would not.
    private static IEnumerable<(string Table, string Chain, string Line)> Sections()
    {
        var (table, chain) = ("", "");

        foreach (var line in Run(null, "list", "ruleset", "ip").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            switch (line.Trim().Split(' '))
            {
                case ["table", _, var name, "{"]:
                    (table, chain) = (name, "");
                    break;
                case ["chain", var name, "{"]:
                    chain = name;
                    break;
            }

            yield return (table, chain, line);
        }
    }

    private static string Run(string? input, params ReadOnlySpan<string> arguments)
    {
        var done = Tool.Run("nft", input, arguments);
        return done is { Ok: true } ? done.Output : throw InterceptionException.Of("nft", done);
    }
}
