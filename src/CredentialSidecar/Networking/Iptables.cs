namespace CredentialSidecar.Networking;

/// <summary>Rules by iptables, in a chain of our own that OUTPUT jumps to.</summary>
internal sealed class Iptables : IFirewall
{
    private static readonly string[] Jump = ["OUTPUT", "-d", InterceptionRules.AgentAddress + "/32", "-p", "tcp", "-m", "tcp", "--dport", "80", "-j", InterceptionRules.Chain];

    public string Name => "iptables";

    public static bool IsPresent => Tool.Run("iptables", null, "--version") is { Ok: true };

    public void Up(InterceptionRules rules)
    {
        Check(Tool.Run("iptables-restore", rules.IptablesRestore, "--noflush", "-w", "5"));

        if (Nat(["-C", .. Jump]) is not { Ok: true })
        {
            Check(Nat(["-I", .. Jump]));
        }
    }

    public void Down()
    {
        if (Status() is null)
        {
            return;
        }

        while (Nat(["-C", .. Jump]) is { Ok: true })
        {
            Check(Nat(["-D", .. Jump]));
        }

        Check(Nat(["-F", InterceptionRules.Chain]));
        Check(Nat(["-X", InterceptionRules.Chain]));
    }

    public string? Status() => Nat(["-S", InterceptionRules.Chain]) is { Ok: true } listed ? listed.Output.TrimEnd() : null;

    public string? Foreign() => (Nat(["-S"])?.Output ?? "").Split('\n')
        .FirstOrDefault(line => line.Contains(InterceptionRules.AgentAddress, StringComparison.Ordinal) && !line.Contains(InterceptionRules.Chain, StringComparison.Ordinal));

    private static Tool.Result? Nat(string[] arguments) => Tool.Run("iptables", null, ["-w", "5", "-t", "nat", .. arguments]);

    private static void Check(Tool.Result? result)
    {
        if (result is not { Ok: true })
        {
            throw Failure.Of("iptables", result);
        }
    }
}

/// <summary>Says what a rule tool's failure means for an operator.</summary>
internal static class Failure
{
    public static InterceptionException Of(string tool, Tool.Result? result)
    {
        var text = result?.Error.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).FirstOrDefault() ?? "it cannot be run";
        var denied = text.Contains("ermitted", StringComparison.Ordinal) || text.Contains("ermission", StringComparison.Ordinal);

        return new InterceptionException(denied
            ? $"{tool} may not change rules here: the container needs the capability NET_ADMIN, which Fargate does not give. Use credential-launch there."
            : $"{tool} failed: {text}");
    }
}
