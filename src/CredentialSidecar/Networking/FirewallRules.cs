using System.Globalization;
using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Networking;

/// <summary>What <c>intercept up</c> makes the kernel do in one network namespace.</summary>
/// <param name="Users">The users whose connections to the agent are redirected to a port per user (0 if unknown), and otherwise
/// rejected.</param>
/// <param name="GuardedPorts">Ports from which only <paramref name="SidecarUid"/> may answer.</param>
/// <param name="SidecarUid">The uid that the guard and the block exempt.</param>
/// <param name="BlockImds">Whether only root and the sidecar may reach instance metadata.</param>
internal sealed record FirewallRules(IReadOnlyList<InterceptedUser> Users, IReadOnlyList<int> GuardedPorts, uint SidecarUid, bool BlockImds)
{
    public const string AgentAddress = "169.254.170.2";
    public const int AgentPort = 80;

    /// <summary>The name of the tables and chains that hold all rules, so that removing them removes exactly these rules.</summary>
    public const string Table = "credential_sidecar";
    public const string Chain = "CREDENTIAL_SIDECAR";

    private const string Metadata = "169.254.169.254", Metadata6 = "fd00:ec2::254";

    // With "! --uid-owner", xt_owner also matches packets without an owner, so every match here is positive.
    private const string AnyOwner = "-m owner --uid-owner 0-4294967294";

    public bool IsEmpty => Users.Count == 0 && GuardedPorts.Count == 0 && !BlockImds;

    /// <summary>The guard covers the ports of all listeners that the sidecar may have.</summary>
    public static FirewallRules Of(SidecarOptions options, IReadOnlyList<InterceptedUser> users)
    {
        int[] guarded = [.. users.Select(user => user.Port).Append(options.Listen.Port).Append(options.Health.Port).Distinct().Order()];
        return new FirewallRules(users, options.Interception.Guard ? guarded : [], (uint)options.Interception.SidecarUid,
            options.Interception.BlockImds);
    }

    public IEnumerable<FirewallRule> In(Place place) => place switch
    {
        Place.Redirect => Users.Select(Redirect),
        Place.Filter => [.. Users.Select(Reject), .. Block("ip", Metadata, 32), .. Guard],
        _ => [.. Block("ip6", Metadata6, 128), .. Guard],
    };

    private IEnumerable<FirewallRule> Guard => GuardedPorts.SelectMany(port => (FirewallRule[])
    [
        Make($"guard of port {port} for uid {SidecarUid}: its own answers", $"tcp sport {port} meta skuid {SidecarUid} return",
            $"-p tcp -m tcp --sport {port} -m owner --uid-owner {SidecarUid} -j RETURN"),
        Make($"guard of port {port} for uid {SidecarUid}: answers of others", $"tcp sport {port} meta skuid != {SidecarUid} drop",
            $"-p tcp -m tcp --sport {port} {AnyOwner} -j DROP"),

        // A listener with a full queue answers with SYN cookies, and the kernel sends those without an owner.
        Make($"guard of port {port} for uid {SidecarUid}: SYN cookies", $"tcp sport {port} tcp flags & (syn|ack) == syn|ack drop",
            $"-p tcp -m tcp --sport {port} --tcp-flags SYN,ACK SYN,ACK -j DROP"),
    ]);

    private static FirewallRule Redirect(InterceptedUser user) => Make(
        $"redirect of uid {user.Uid}{(user.Port == 0 ? "" : $" to port {user.Port}")}",
        $"ip daddr {AgentAddress} tcp dport {AgentPort} meta skuid {user.Uid} redirect to :{user.Port}",
        $"-d {AgentAddress}/32 -p tcp -m tcp --dport {AgentPort} -m owner --uid-owner {user.Uid} -j REDIRECT --to-ports {user.Port}");

    // Redirected packets have another address here. A reset ends an old connection at once; dropped packets would make it hang.
    private static FirewallRule Reject(InterceptedUser user) => Make(
        $"reject of uid {user.Uid} unredirected",
        $"ip daddr {AgentAddress} tcp dport {AgentPort} meta skuid {user.Uid} reject with tcp reset",
        $"-d {AgentAddress}/32 -p tcp -m tcp --dport {AgentPort} -m owner --uid-owner {user.Uid} -j REJECT --reject-with tcp-reset");

    private IEnumerable<FirewallRule> Block(string family, string address, int bits)
    {
        var to = $"-d {address}/{bits} -p tcp";
        return !BlockImds ? [] :
        [
            .. new uint[] { 0, SidecarUid }.Distinct().Select(uid => Make(
                $"block of {address} except uid {SidecarUid}: for uid {uid}",
                $"{family} daddr {address} meta l4proto tcp meta skuid {uid} return", $"{to} -m owner --uid-owner {uid} -j RETURN")),
            Make($"block of {address} except uid {SidecarUid}: for others",
                $"{family} daddr {address} meta l4proto tcp meta skuid 0-4294967294 reject with tcp reset",
                $"{to} {AnyOwner} -j REJECT --reject-with tcp-reset"),
        ];
    }

    private static FirewallRule Make(FormattableString label, FormattableString nft, FormattableString iptables) =>
        new(label.ToString(CultureInfo.InvariantCulture), nft.ToString(CultureInfo.InvariantCulture),
            iptables.ToString(CultureInfo.InvariantCulture));
}
