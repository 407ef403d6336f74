using CredentialSidecar.Networking;
using Xunit;

namespace CredentialSidecar.Tests.Networking;

public sealed class RedirectRulesTests
{
    private static readonly RedirectRules Rules = new([1000, 4294967294], 9172);

    [Fact]
    public void Nft_gets_one_transaction_that_replaces_our_table_and_names_no_other() => Assert.Equal(
        """
        table ip credential_sidecar
        delete table ip credential_sidecar
        table ip credential_sidecar {
          chain output {
            type nat hook output priority -100; policy accept;
            ip daddr 169.254.170.2 tcp dport 80 meta skuid 1000 redirect to :9172
            ip daddr 169.254.170.2 tcp dport 80 meta skuid 4294967294 redirect to :9172
          }
        }

        """,
        Rules.Nft);

    [Fact]
    public void Iptables_gets_one_transaction_that_fills_our_chain_and_no_other() => Assert.Equal(
        """
        *nat
        :CREDENTIAL_SIDECAR - [0:0]
        -A CREDENTIAL_SIDECAR -d 169.254.170.2/32 -p tcp -m tcp --dport 80 -m owner --uid-owner 1000 -j REDIRECT --to-ports 9172
        -A CREDENTIAL_SIDECAR -d 169.254.170.2/32 -p tcp -m tcp --dport 80 -m owner --uid-owner 4294967294 -j REDIRECT --to-ports 9172
        COMMIT

        """,
        Rules.IptablesRestore);

    [Theory]
    [InlineData("Operation not permitted (you must be root)\nnetlink: Error: cache initialization failed", true)]
    [InlineData("# Warning: legacy\niptables-save v1.8.9 (nf_tables): Could not fetch rule set generation id: Permission denied (you must be root)", true)]
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
}
