using CredentialSidecar.Configuration.Rules;

namespace CredentialSidecar.Configuration.Settings;

/// <summary>How STS is reached, as the standard variables of AWS and of proxies say.</summary>
/// <param name="Endpoint">The configured endpoint; null for that of the region.</param>
/// <param name="EndpointVariable">The variable that named it.</param>
/// <param name="UseFips">Null where no variable says.</param>
/// <param name="UseDualStack">Null where no variable says.</param>
/// <param name="CaBundle">A file of certificates to trust instead of the system's.</param>
/// <param name="Proxy">Null if there is none, or the endpoint is local.</param>
/// <param name="Timeout">The time limit of one call, 1 to 30 seconds.</param>
/// <param name="ConnectTimeout">The part of it for connecting.</param>
internal sealed record StsSettings(
    Uri? Endpoint, string EndpointVariable, bool? UseFips, bool? UseDualStack, string? CaBundle, ProxySettings? Proxy,
    TimeSpan Timeout, TimeSpan ConnectTimeout)
{
    /// <summary>The region in the endpoint's name; null if there is none.</summary>
    public string? EndpointRegion => Endpoint is { Host: var host } ? StsHost.RegionOf(host) : null;

    // The default would print the proxy's password.
    public override string ToString() =>
        $"{Endpoint?.GetLeftPart(UriPartial.Authority) ?? "STS of the region"}{(Proxy is null ? "" : $" by {Proxy}")}";
}
