namespace CredentialSidecar.Networking;

/// <summary>Rules by nft, in a table of our own.</summary>
internal sealed class Nftables : IFirewall
{
    public string Name => "nft";

    public static bool IsPresent => Tool.Run("nft", null, "--version") is { Ok: true };

    public void Up(InterceptionRules rules) => Check(Tool.Run("nft", rules.Nft, "-f", "-"));

    public void Down()
    {
        if (Status() is not null)
        {
            Check(Tool.Run("nft", null, "delete", "table", "ip", InterceptionRules.Table));
        }
    }

    public string? Status() => Tool.Run("nft", null, "list", "table", "ip", InterceptionRules.Table) is { Ok: true } listed ? listed.Output.TrimEnd() : null;

    public string? Foreign()
    {
        var listed = Tool.Run("nft", null, "list", "ruleset", "ip");
        var table = "";

        foreach (var line in (listed?.Output ?? "").Split('\n', StringSplitOptions.TrimEntries))
        {
            table = line.StartsWith("table ", StringComparison.Ordinal) ? line : table;

            if (line.Contains(InterceptionRules.AgentAddress, StringComparison.Ordinal) && !table.Contains($" {InterceptionRules.Table} ", StringComparison.Ordinal))
            {
                return line;
            }
        }

        return null;
    }

    private static void Check(Tool.Result? result)
    {
        if (result is not { Ok: true })
        {
            throw Failure.Of("nft", result);
        }
    }
}
