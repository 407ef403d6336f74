using System.Globalization;

namespace CredentialSidecar.Networking;

/// <summary>Which connections are redirected: those of the named uids to the agent's address. Nobody else's are touched.</summary>
/// <param name="Uids">The users whose connections are redirected, in ascending order.</param>
/// <param name="Port">The sidecar's intercepted listener.</param>
internal sealed record RedirectRules(IReadOnlyList<uint> Uids, int Port)
{
    public const string AgentAddress = "169.254.170.2";
    public const int AgentPort = 80;

    /// <summary>What every rule of ours lives in, so that taking it away takes exactly what was added.</summary>
    public const string Table = "credential_sidecar";
    public const string Chain = "CREDENTIAL_SIDECAR";

    /// <summary>For <c>nft -f -</c>: one transaction, the same whether or not there was a table before.</summary>
    public string Nft => string.Create(CultureInfo.InvariantCulture, $$"""
        table ip {{Table}}
        delete table ip {{Table}}
        table ip {{Table}} {
          chain output {
            type nat hook output priority -100; policy accept;
        {{string.Join('\n', Uids.Select(uid => $"    ip daddr {AgentAddress} tcp dport {AgentPort} meta skuid {uid} redirect to :{Port}"))}}
          }
        }

        """);

    /// <summary>For <c>iptables-restore --noflush</c>: naming the chain empties it, other chains stay.</summary>
    public string IptablesRestore => string.Create(CultureInfo.InvariantCulture, $"""
        *nat
        :{Chain} - [0:0]
        {string.Join('\n', Uids.Select(uid => $"-A {Chain} -d {AgentAddress}/32 -p tcp -m tcp --dport {AgentPort} -m owner --uid-owner {uid} -j REDIRECT --to-ports {Port}"))}
        COMMIT

        """);
}
