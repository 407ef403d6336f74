using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Configuration.Rules;

/// <summary>Ports and addresses.</summary>
internal static class ListenRules
{
    /// <returns>Without addresses that cannot be read.</returns>
    public static (ListenSettings Listen, HealthSettings Health) Find(
        SidecarOptions options, ProcessEnvironment environment, Findings findings)
    {
        var (listen, health) = (options.Listen, options.Health);
        Port("Listen:Port", listen.Port, findings);
        Port("Health:Port", health.Port, findings);
        findings.Require(listen.Port != health.Port || listen.Port == 0, "Health:Port",
            $"is {health.Port}, which {findings.NameOf("Listen:Port")} already uses; set different ports");

        Address("Health:Address", health.Address, findings);
        findings.Require(!IsAny(health.Address), "Health:Address",
            $"is {health.Address}, but health always listens on 127.0.0.1 besides this address; "
            + "set the additional address, in Kubernetes by valueFrom fieldRef status.podIP");

        Addresses("Listen:Addresses", listen.Addresses, findings);
        return (new ListenSettings(listen.Port, Parsed(listen.Addresses), SocketRules.Find(options, findings),
                listen.LocalEndpoints, TlsRules.Find(options, environment, findings)),
            new HealthSettings(health.Port, IsAddress(health.Address) ? IPAddress.Parse(health.Address) : IPAddress.Loopback,
                health.NoClientAfter));
    }

    public static void Port(string path, int port, Findings findings) =>
        findings.Require(port is >= 0 and <= 65535, path, $"is {port}; expected {Ranges.Port}");

    /// <summary>Checks a list of addresses to listen on.</summary>
    public static void Addresses(string key, List<string> addresses, Findings findings)
    {
        foreach (var (i, address) in addresses.Index())
        {
            var path = $"{key}:{i}";
            Address(path, address, findings);
            findings.Require(addresses.IndexOf(address) == i, path,
                $"is {Shown.Quoted(address)} a second time; give each address once");
            findings.Require(addresses.Count == 1 || !IsAny(address), path,
                $"is {address}, which includes all other addresses; keep only this one, or remove it");
        }
    }

    /// <returns>Without addresses that cannot be read.</returns>
    public static ImmutableArray<IPAddress> Parsed(List<string> addresses) => [.. addresses.Where(IsAddress).Select(IPAddress.Parse)];

    private static void Address(string path, string text, Findings findings) =>
        findings.Require(IsAddress(text), path, $"is {Shown.Quoted(text)}; expected an IP address such as 127.0.0.1");

    // .NET takes 9170 for 0.0.35.210, 127.1 for 127.0.0.1, and ignores the port of [::1]:80.
    private static bool IsAddress(string text) =>
        IPAddress.TryParse(text, out var ip)
            && (ip.AddressFamily == AddressFamily.InterNetworkV6 ? !text.StartsWith('[') : ip.ToString() == text);

    private static bool IsAny(string text) =>
        IPAddress.TryParse(text, out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any));
}
