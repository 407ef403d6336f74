using System.Net;

namespace CredentialSidecar.Configuration.Rules;

/// <summary>Where plain HTTP is allowed, since anyone on the network path can read it.</summary>
internal static class PlainHttp
{
    private static readonly IPAddress[] Agents =
        [IPAddress.Parse("169.254.170.2"), IPAddress.Parse("169.254.170.23"), IPAddress.Parse("fd00:ec2::23")];

    /// <summary>The rule of the SDKs for a container credentials endpoint, by the text of the host: no name is looked up.</summary>
    public static bool MayAskForCredentials(Uri uri) =>
        uri.Scheme == "https" || IsLoopback(uri) || (Literal(uri) is { } address && Agents.Contains(address));

    /// <summary>Whether the host is this machine or link-local.</summary>
    public static bool StaysNear(Uri uri) => uri.Scheme == "https" || IsLoopback(uri)
        || (Literal(uri) is { } address && (address.IsIPv6LinkLocal || IsLinkLocal(address) || Agents.Contains(address)));

    /// <summary>Whether it is TLS, or the host is this machine.</summary>
    public static bool StaysHere(Uri uri) => uri.Scheme == "https" || IsLoopback(uri);

    private static bool IsLoopback(Uri uri) =>
        uri.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (Literal(uri) is { } address && IPAddress.IsLoopback(address));

    private static bool IsLinkLocal(IPAddress address) => address.GetAddressBytes() is [169, 254, _, _];

    private static IPAddress? Literal(Uri uri) => IPAddress.TryParse(uri.DnsSafeHost, out var address) ? address : null;
}
