using System.Text.RegularExpressions;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Interception;

/// <summary><c>intercept status</c> says whether every rule is there, and which one is not.</summary>
public sealed partial class StatusTests : IAsyncLifetime
{
    private static readonly string[] Up = ["up", "--uid", "1000=reports", "--uid", "1001=reader:9200", "--guard", "--block-imds"];

    private NetworkNamespace _network = null!;

    public async ValueTask InitializeAsync()
    {
        await NetworkNamespace.SkipUnlessPossibleAsync();
        _network = await NetworkNamespace.CreateAsync("status");
    }

    public ValueTask DisposeAsync() => _network?.DisposeAsync() ?? default;

    [Theory]
    [InlineData("nft")]
    [InlineData("iptables")]
    public async Task It_prints_everything_that_is_up(string tool)
    {
        Assert.Equal(0, (await InterceptAsync(tool, Up)).Code);
        var status = await InterceptAsync(tool, "status");

        Assert.Equal((0, ""), (status.Code, status.Errors));
        Assert.StartsWith(
            $"""
            Interception is up by {tool}:
              uid 1000: 169.254.170.2:80 -> 127.0.0.1:9172; other connections are reset
              uid 1001: 169.254.170.2:80 -> 127.0.0.1:9200; other connections are reset
              guard: only uid 9170 answers on ports 9170, 9171, 9172, 9200
              block-imds: only root and uid 9170 reach instance metadata
            """, status.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_nft_each_rule_that_is_missing_is_named()
    {
        for (var (i, count) = (0, 1); i < count; i++)
        {
            Assert.Equal(0, (await InterceptAsync("nft", Up)).Code);
            var rules = NftRulesIn(await _network.DoAsync("nft", "-a", "list", "ruleset")).ToArray();
            count = rules.Length;
            var (family, handle) = (rules[i].Family, rules[i].Handle);
            await _network.DoAsync("nft", "delete", "rule", family, "credential_sidecar", rules[i].Chain, "handle", handle);
            await AssertMissesAsync("nft", WithoutPort(rules[i].Label) + (rules[i].Family == "ip6" ? " (IPv6)" : ""));
        }
    }

    [Theory]
    [InlineData("iptables", "nat", "CREDENTIAL_SIDECAR", 1)]
    [InlineData("iptables", "filter", "CREDENTIAL_SIDECAR", 1)]
    [InlineData("iptables", "filter", "CREDENTIAL_SIDECAR", 4)]
    [InlineData("iptables", "filter", "CREDENTIAL_SIDECAR", 8)]
    [InlineData("ip6tables", "filter", "CREDENTIAL_SIDECAR", 2)]
    [InlineData("iptables", "nat", "OUTPUT", 1)]
    [InlineData("iptables", "filter", "OUTPUT", 1)]
    [InlineData("ip6tables", "filter", "OUTPUT", 1)]
    public async Task With_iptables_each_rule_that_is_missing_is_named(string program, string table, string chain, int number)
    {
        Assert.Equal(0, (await InterceptAsync("iptables", Up)).Code);
        var rule = await _network.DoAsync(program, "-t", table, "-S", chain, $"{number}");
        await _network.DoAsync(program, "-t", table, "-D", chain, $"{number}");

        var label = chain == "OUTPUT"
            ? $"jump of OUTPUT to the {(table == "nat" ? "redirects" : "filters")}"
            : Regex.Match(rule, "--comment \"([^\"]*)\"").Groups[1].Value;
        await AssertMissesAsync("iptables", WithoutPort(label) + (program == "ip6tables" ? " (IPv6)" : ""));
    }

    [Theory]
    [InlineData("nft")]
    [InlineData("iptables")]
    public async Task It_misses_what_its_own_arguments_or_the_configuration_ask_for(string tool)
    {
        Assert.Equal(0, (await InterceptAsync(tool, "up", "--uid", "1000=reports")).Code);
        Assert.Equal(0, (await InterceptAsync(tool, "status", "--uid", "1000=reports")).Code);

        await AssertMissesAsync(tool, "redirect of uid 1000 to port 9300", "--uid", "1000=reports:9300");
        await AssertMissesAsync(tool, "reject of uid 1001 unredirected", "--uid", "1000=reports", "--uid", "1001=reader");
        await AssertMissesAsync(tool, "guard of port 9171 for uid 9170: answers of others", "--guard");
        await AssertMissesAsync(tool, "block of fd00:ec2::254 except uid 9170: for others (IPv6)", "--block-imds");
    }

    private async Task AssertMissesAsync(string tool, string part, params string[] more)
    {
        var status = await InterceptAsync(tool, ["status", .. more]);

        Assert.Equal(1, status.Code);
        Assert.Contains($"credential-sidecar: missing: {part}. Run intercept up again.", status.Errors, StringComparison.Ordinal);
        Assert.Contains($"Interception is only partly up by {tool}:", status.Output, StringComparison.Ordinal);
    }

    // Which only the redirect itself tells.
    private static string WithoutPort(string label) => label.Split(" to port ")[0];

    private static IEnumerable<(string Family, string Chain, string Label, string Handle)> NftRulesIn(string listed)
    {
        var (family, chain) = ("", "");

        foreach (var line in listed.Split('\n').Select(line => line.Trim()))
        {
            (family, chain) = line.Split(' ') switch
            {
                ["table", var name, ..] => (name, ""),
                ["chain", var name, ..] => (family, name),
                _ => (family, chain),
            };

            if (NftRule().Match(line) is { Success: true } rule)
            {
                yield return (family, chain, rule.Groups[1].Value, rule.Groups[2].Value);
            }
        }
    }

    private Task<ChildProcess.Ended> InterceptAsync(string tool, params string[] words) =>
        _network.RunAsync([.. InterceptedTask.By(tool), Programs.Sidecar, "intercept", .. words]);

    [GeneratedRegex("comment \"([^\"]*)\" # handle ([0-9]+)")]
    private static partial Regex NftRule();
}
