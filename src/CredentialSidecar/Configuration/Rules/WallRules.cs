using System.Collections.Frozen;
using System.Net;
using System.Text.RegularExpressions;
using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Configuration.Rules;

/// <summary>Checks the allowed peers, Host names and request rate.</summary>
internal static partial class WallRules
{
    /// <returns>Without what cannot be read.</returns>
    public static WallSettings Find(SidecarOptions options, Findings findings)
    {
        var access = options.Access;
        var peers = new List<IPNetwork>();

        foreach (var (i, text) in access.Peers.Index())
        {
            var isNetwork = TryRead(text, out var network);
            findings.Require(isNetwork, $"Access:Peers:{i}",
                $"is {Shown.Quoted(text)}; expected a network such as 10.0.0.0/24 (with zeros after its prefix), or one address");

            if (isNetwork)
            {
                peers.Add(network);
            }

            if (isNetwork && network.PrefixLength == 0)
            {
                findings.Warn($"Access:Peers:{i}", $"is {text}: every host that can reach the port may send requests");
            }
        }

        foreach (var (i, host) in access.Hosts.Index())
        {
            findings.Require(Names().IsMatch(host), $"Access:Hosts:{i}",
                $"is {Shown.Quoted(host)}; expected a name or an IPv4 address without a port");
        }

        findings.Require(access.RequestsPerSecond is >= 100 and <= 100_000, "Access:RequestsPerSecond",
            $"is {access.RequestsPerSecond}; expected 100 to 100000; a lower limit would reject healthy SDKs");
        return new WallSettings([.. peers], access.Hosts.ToFrozenSet(StringComparer.OrdinalIgnoreCase), access.RequestsPerSecond);
    }

    public static AuditSettings FindAudit(SidecarOptions options, Findings findings)
    {
        var audit = options.Audit;
        findings.Require(audit.File is null || Path.IsPathRooted(audit.File), "Audit:File",
            $"is {Shown.Quoted(audit.File)}; expected an absolute path");
        return new AuditSettings(audit.Log, audit.File);
    }

    private static bool TryRead(string text, out IPNetwork network)
    {
        if (IPAddress.TryParse(text, out var address) && address.ToString() == text)
        {
            network = new IPNetwork(address, address.GetAddressBytes().Length * 8);
            return true;
        }

        // Without a slash .NET would take 10.0 for 10.0.0.0/8 or refuse it, by version.
        network = default;
        return text.Contains('/', StringComparison.Ordinal) && IPNetwork.TryParse(text, out network)
            && network.BaseAddress.Equals(IPAddress.Parse(text.Split('/')[0]));
    }

    [GeneratedRegex(@"^[A-Za-z0-9]([A-Za-z0-9._-]{0,252})\z")]
    private static partial Regex Names();
}
