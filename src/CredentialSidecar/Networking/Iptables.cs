namespace CredentialSidecar.Networking;

/// <summary>Rules by iptables, in a chain of our own that OUTPUT jumps to.</summary>
internal sealed class Iptables : IFirewall
{
    private static readonly string[] Jump = ["OUTPUT", "-d", RedirectRules.AgentAddress + "/32", "-p", "tcp", "-m", "tcp", "--dport", "80", "-j", RedirectRules.Chain];

    public string Name => "iptables";

    public void Up(RedirectRules rules)
    {
        Run("iptables-restore", rules.IptablesRestore, "--noflush", "-w", "5");

        if (!Jumps())
        {
            Nat("-I", Jump);
        }
    }

    public void Down()
    {
        if (Status() is null)
        {
            return;
        }

        while (Jumps())
        {
            Nat("-D", Jump);
        }

        Nat("-F", RedirectRules.Chain);
        Nat("-X", RedirectRules.Chain);
    }

    public string? Status() => Saved("iptables-save").Where(IsOurs).ToArray() is [_, ..] lines ? string.Join('\n', lines) : null;

    // Older hosts have rules that only the legacy program sees.
    public string? Foreign() => Saved("iptables-save").Concat(Tool.IsPresent("iptables-legacy-save") ? Saved("iptables-legacy-save") : [])
        .FirstOrDefault(line => line.Contains(RedirectRules.AgentAddress, StringComparison.Ordinal) && !IsOurs(line));

    // Of all tables: asking for one by its name would create it where there is none.
    private static string[] Saved(string program) => Run(program, null).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static bool IsOurs(string line) => line.Contains(RedirectRules.Chain, StringComparison.Ordinal);

    private static bool Jumps() => Saved("iptables-save").Contains("-A " + string.Join(' ', Jump));

    private static void Nat(string command, params ReadOnlySpan<string> arguments) => Run("iptables", null, ["-w", "5", "-t", "nat", command, .. arguments]);

    private static string Run(string program, string? input, params ReadOnlySpan<string> arguments)
    {
        var done = Tool.Run(program, input, arguments);
        return done is { Ok: true } ? done.Output : throw InterceptionException.Of("iptables", done);
    }
}
