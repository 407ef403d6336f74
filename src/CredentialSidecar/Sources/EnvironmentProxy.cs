using System.Net;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Sources;

/// <summary>The proxy from the environment, as an IWebProxy.</summary>
internal sealed class EnvironmentProxy(ProxySettings settings) : IWebProxy
{
    private readonly Uri _address = new UriBuilder(settings.Address) { UserName = "", Password = "" }.Uri;

    /// <summary>The user name and password before the <c>@</c>, if any.</summary>
    public ICredentials? Credentials { get; set; } = settings.Address.UserInfo.Split(':', 2) is [{ Length: > 0 } user, .. var password]
        ? new NetworkCredential(Uri.UnescapeDataString(user), password is [var given] ? Uri.UnescapeDataString(given) : "")
        : null;

    public Uri? GetProxy(Uri destination) => settings.IsDirect(destination) ? null : _address;

    public bool IsBypassed(Uri host) => settings.IsDirect(host);
}
