using System.Net;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Sources;

/// <summary>The environment's proxy, in the form that connections take.</summary>
internal sealed class EnvironmentProxy(ProxySettings settings) : IWebProxy
{
    private readonly Uri _address = new UriBuilder(settings.Address) { UserName = "", Password = "" }.Uri;

    /// <summary>The user and the password that stand before the <c>@</c>, if any.</summary>
    public ICredentials? Credentials { get; set; } = settings.Address.UserInfo.Split(':', 2) is [{ Length: > 0 } user, .. var password]
        ? new NetworkCredential(Uri.UnescapeDataString(user), password is [var given] ? Uri.UnescapeDataString(given) : "")
        : null;

    public Uri? GetProxy(Uri destination) => settings.IsDirect(destination) ? null : _address;

    public bool IsBypassed(Uri host) => settings.IsDirect(host);
}
