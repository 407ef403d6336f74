using System.Net;

namespace CredentialSidecar.Configuration.Rules;

/// <summary>Where plain HTTP may go: whoever is on the path reads what it carries.</summary>
internal static class PlainHttp
{
    private static readonly IPAddress[] Agents =
        [IPAddress.Parse("169.254.170.2"), IPAddress.Parse("169.254.170.23"), IPAddress.Parse("fd00:ec2::23")];

    /// <summary>The rule of the SDKs for a container credentials endpoint, by the text of the host: no name is looked up.</summary>
    public static bool MayAskForCredentials(Uri uri) =>
        uri.Scheme == "https" || IsLoopback(uri) || (Literal(uri) is { } address && Agents.Contains(address));

    /// <summary>This host, or what no router passes on.</summary>
    public static bool StaysNear(Uri uri) => uri.Scheme == "https" || IsLoopback(uri)
        || (Literal(uri) is { } address && (address.IsIPv6LinkLocal || IsLinkLocal(address) || Agents.Contains(address)));

    private static bool IsLoopback(Uri uri) =>
        uri.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (Literal(uri) is { } address && IPAddress.IsLoopback(address));

    private static bool IsLinkLocal(IPAddress address) => address.GetAddressBytes() is [169, 254, _, _];

    private static IPAddress? Literal(Uri uri) => IPAddress.TryParse(uri.DnsSafeHost, out var address) ? address : null;
}
