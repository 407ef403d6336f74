using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Networking;
using Xunit;

namespace CredentialSidecar.Tests.Networking;

public sealed class FirewallRulesTests
{
    private static readonly FirewallRules Nothing = new([], [], 9170, false);

    private static readonly FirewallRules Rules = new(
        [new InterceptedUser(1000, "reports", 9172), new InterceptedUser(4294967294, "reader", 15466)], [], 9170, false);

    private static readonly FirewallRules All = Rules with { GuardedPorts = [9170, 9171, 9172], BlockImds = true };

    [Fact]
    public void Nft_gets_one_transaction_that_replaces_our_tables_and_names_no_other() => Assert.Equal(
        """
        table ip credential_sidecar
        delete table ip credential_sidecar
        table ip6 credential_sidecar
        delete table ip6 credential_sidecar
        table ip credential_sidecar {
          chain redirects {
            type nat hook output priority -100; policy accept;
            ip daddr 169.254.170.2 tcp dport 80 meta skuid 1000 redirect to :9172 comment "redirect of uid 1000 to port 9172"
            ip daddr 169.254.170.2 tcp dport 80 meta skuid 4294967294 redirect to :15466 comment "redirect of uid 4294967294 to port 15466"
          }
          chain filters {
            type filter hook output priority 0; policy accept;
            ip daddr 169.254.170.2 tcp dport 80 meta skuid 1000 reject with tcp reset comment "reject of uid 1000 unredirected"
            ip daddr 169.254.170.2 tcp dport 80 meta skuid 4294967294 reject with tcp reset comment "reject of uid 4294967294 unredirected"
          }
        }

        """,
        NftScript.Up(Rules, hasIPv6: true));

    [Fact]
    public void A_guard_and_a_block_are_of_both_families_and_need_no_redirect()
    {
        var script = NftScript.Up(Nothing with { GuardedPorts = [9170], BlockImds = true }, hasIPv6: true);

        Assert.DoesNotContain("nat hook", script, StringComparison.Ordinal);
        Assert.Contains("ip daddr 169.254.169.254 meta l4proto tcp meta skuid 9170 return", script, StringComparison.Ordinal);
        Assert.Contains(
            "ip6 daddr fd00:ec2::254 meta l4proto tcp meta skuid 0-4294967294 reject with tcp reset",
            script,
            StringComparison.Ordinal);

        string[] guard =
        [
            "tcp sport 9170 meta skuid 9170 return",
            "tcp sport 9170 meta skuid != 9170 drop",
            "tcp sport 9170 tcp flags & (syn|ack) == syn|ack drop",
        ];

        foreach (var rule in guard)
        {
            Assert.Equal(2, script.Split(rule).Length - 1);
        }
    }

    [Fact]
    public void Without_IPv6_no_table_of_it_is_named() =>
        Assert.DoesNotContain("ip6", NftScript.Up(All, hasIPv6: false), StringComparison.Ordinal);

    [Fact]
    public void What_is_there_tells_what_belongs_to_it() => Assert.Equal(
        Parts(Rules with { GuardedPorts = [9170], BlockImds = true }),
        Parts(new InstalledRules("nft", "", Parts(All).Where(IsWanted).ToHashSet()).Whole(Nothing)));

    [Fact]
    public void What_is_wanted_counts_where_the_rules_say_something_else()
    {
        var installed = new HashSet<string> { "redirect of uid 1000 to port 9999", "guard of port 9170 for uid 1" };
        var whole = new InstalledRules("nft", "", installed).Whole(All);

        Assert.Equal(Parts(All), Parts(whole));
    }

    [Theory]
    [InlineData(
        "    ip daddr 169.254.170.2 tcp dport 80 meta skuid 1000 redirect to :9172 comment \"redirect of uid 1000 to port 9172\"",
        "redirect of uid 1000 to port 9172")]
    [InlineData(
        "-A CREDENTIAL_SIDECAR -p tcp -m tcp --sport 9170 -m comment --comment \"guard of port 9170 for uid 9170: SYN cookies\" -j DROP",
        "guard of port 9170 for uid 9170: SYN cookies")]
    [InlineData("-A OUTPUT -m comment --comment \"of somebody else\" -j DROP", null)]
    public void A_rules_comment_is_found_as_either_tool_prints_it(string line, string? label) =>
        Assert.Equal(label, InstalledRules.LabelIn(line));

    [Theory]
    [InlineData("Operation not permitted (you must be root)\nnetlink: Error: cache initialization failed", true)]
    [InlineData(
        "# Warning: legacy\niptables-save v1.8.9 (nf_tables): Could not fetch rule set generation id: " +
        "Permission denied (you must be root)",
        true)]
    [InlineData("/dev/stdin:1:1-11: Error: Could not process rule: Operation not supported\ntable ip x\n^^^", false)]
    [InlineData("", false)]
    public void A_tools_failure_is_one_sentence_and_NET_ADMIN_is_named_where_it_is_missing(string error, bool denied)
    {
        var failure = InterceptionException.Of("nft", new Tool.Result(1, "", error));

        Assert.Equal(denied, failure.Denied);
        Assert.Equal(denied, failure.Message.Contains("NET_ADMIN", StringComparison.Ordinal));
        Assert.DoesNotContain('\n', failure.Message);
        Assert.EndsWith(".", failure.Message, StringComparison.Ordinal);
    }

    private static bool IsWanted(string part) =>
        part.StartsWith("redirect", StringComparison.Ordinal)
        || part.Contains("port 9170", StringComparison.Ordinal)
        || part.Contains("for uid 0", StringComparison.Ordinal);

    private static IEnumerable<string> Parts(FirewallRules rules) =>
        from place in Enum.GetValues<Place>() from rule in rules.In(place) select InstalledRules.PartOf(place, rule.Label);
}
