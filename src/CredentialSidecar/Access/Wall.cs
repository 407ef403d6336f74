using System.Net;
using System.Net.Sockets;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;
using Microsoft.AspNetCore.Http.Features;

namespace CredentialSidecar.Access;

/// <summary>Rejects requests that no SDK sends: those of browsers, proxies and servers tricked into sending one (SSRF).</summary>
/// <remarks>
/// A web page or a tricked server can choose the address and often the method, but not the Host header nor what a proxy adds.
/// </remarks>
internal sealed class Wall(WallSettings settings)
{
    // Pages cannot set headers that begin with Sec- (Fetch standard). Besides browsers only Node's fetch sends one of them.
    private static readonly string[] OfBrowsers = ["Origin", "Referer", "Upgrade-Insecure-Requests", "Sec-*"];
    private const string OfNodeToo = "Sec-Fetch-Mode";
    private static readonly string[] OfProxies =
        ["Forwarded", "Via", "X-Forwarded*", "X-Original-*", "X-Real-IP", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP"];

    /// <exception cref="RejectedException">The request has the form that clients send to a proxy.</exception>
    public static void CheckForm(HttpContext http)
    {
        // A request to a proxy has an absolute URI as its target, and Kestrel takes the host from there.
        if (!http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.StartsWith('/'))
        {
            throw NotAllowed("The client sent this request as if to a proxy. Set NO_PROXY=127.0.0.1,localhost in this container.");
        }
    }

    /// <exception cref="RejectedException">The Host header is not the sidecar's, as after DNS rebinding.</exception>
    public void CheckHost(HttpContext http)
    {
        var (host, connection) = (http.Request.Host, http.Connection);

        // The CRT sends Host without a port. DNS rebinding cannot choose the name (contract R14).
        var isListed = settings.Hosts.Contains(host.Host);
        var hasPort = host.Value?.Length > host.Host.Length;

        // On a Unix socket, the port is that of a forwarder in another network namespace.
        var isOurs = connection.LocalIpAddress is { } local
            ? (!hasPort || host.Port == connection.LocalPort) && IsOurs(host.Host, local)
            : IsOurs(host.Host, IPAddress.Loopback) || IsOurs(host.Host, IPAddress.IPv6Loopback);

        if (!isListed && !isOurs)
        {
            throw NotAllowed(
                "The Host header is not an address of the sidecar. "
                + "Use http://127.0.0.1 with the sidecar's port, or add the name to Access:Hosts.");
        }
    }

    /// <exception cref="RejectedException">A proxy forwarded the request.</exception>
    public static void CheckProxies(HttpRequest request) => Refuse(request, OfProxies);

    /// <exception cref="RejectedException">The request has a body.</exception>
    public static void CheckBody(HttpRequest request)
    {
        if (request.ContentLength > 0 || request.Headers.TransferEncoding.Count > 0)
        {
            throw NotAllowed("The request has a body. Send a GET request without a body.");
        }
    }

    /// <remarks>
    /// Browsers send Sec-Fetch-Site only to addresses they trust: 127.0.0.1, but not 169.254.170.2. There, an image or a fetch
    /// without CORS sends neither that header nor Origin, and a page can suppress Referer. User-Agent remains: for another origin,
    /// a page cannot change it without a preflight, which sends Origin.
    /// </remarks>
    /// <exception cref="RejectedException">A browser sent it.</exception>
    public static void CheckBrowser(HttpRequest request)
    {
        Refuse(request, OfBrowsers);

        if (IsBrowser(request.Headers.UserAgent.ToString()))
        {
            throw NotAllowed("The User-Agent is a browser's (Mozilla/…). The sidecar does not serve browsers. "
                + "Set the client's User-Agent to its own name.");
        }
    }

    /// <summary>
    /// For forwarded requests: after an upgrade, the connection would be a tunnel to the agent that bypasses every check.
    /// </summary>
    /// <exception cref="RejectedException">The request offers another protocol.</exception>
    public static void CheckUpgrade(HttpRequest request)
    {
        // Java's HttpClient offers h2c with each request, and continues in HTTP/1.1 if the server ignores the offer.
        if (request.Headers.Upgrade.ToString() is { Length: > 0 } offered && !offered.Equals("h2c", StringComparison.OrdinalIgnoreCase))
        {
            throw NotAllowed("The request offers another protocol (Upgrade header) and is not forwarded. Remove the header.");
        }
    }

    /// <summary>Whether proxies add a header of this name to identify the client.</summary>
    public static bool IsOfProxy(string name) => Find(OfProxies, name) is not null;

    /// <summary>Accepts only this host and the networks in Access:Peers.</summary>
    /// <exception cref="RejectedException">The peer is another host.</exception>
    public void CheckPeer(ConnectionInfo connection)
    {
        if (!IsPeer(connection.RemoteIpAddress, connection.LocalIpAddress))
        {
            throw NotAllowed(
                "The sidecar does not serve this peer address. "
                + "Run the container in the sidecar's network namespace, or add its network to Access:Peers.");
        }
    }

    /// <summary>Whether a connection comes from this host, or from a network in Access:Peers.</summary>
    public bool IsPeer(IPAddress? remote, IPAddress? own)
    {
        var (peer, local) = (Plain(remote), Plain(own));

        // A connection from this host to one of its own addresses comes from the same address.
        return peer is not null
            && (IPAddress.IsLoopback(peer) || peer.Equals(local) || settings.Peers.Any(network => network.Contains(peer)));
    }

    /// <exception cref="RejectedException">The method is not GET.</exception>
    public static void CheckMethod(HttpContext http)
    {
        if (http.Request.Method != HttpMethods.Get)
        {
            http.Response.Headers.Allow = "GET";
            throw new RejectedException(RejectionReason.WrongMethod, "Only GET is supported here.");
        }
    }

    private static bool IsOurs(string host, IPAddress local)
    {
        var address = Plain(local)!;

        // Compared as text: resolvers take 2130706433, 127.1 and 0x7f000001 for 127.0.0.1, but no SDK writes them.
        Span<char> text = stackalloc char[64];
        var isSix = address.AddressFamily == AddressFamily.InterNetworkV6;
        var literal = !isSix ? host : host is ['[', .., ']'] ? host.AsSpan(1..^1) : default;
        return (address.TryFormat(text, out var length) && literal.SequenceEqual(text[..length]))
            || (IPAddress.IsLoopback(address) && host.Equals("localhost", StringComparison.OrdinalIgnoreCase));
    }

    // Every browser's User-Agent begins like this. PowerShell's does too, although it is not a browser.
    private static bool IsBrowser(string agent) =>
        agent.StartsWith("Mozilla/", StringComparison.OrdinalIgnoreCase) && !agent.Contains(" PowerShell/", StringComparison.Ordinal);

    private static IPAddress? Plain(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;

    private static void Refuse(HttpRequest request, string[] names)
    {
        foreach (var (sent, _) in request.Headers)
        {
            // Repeat only the name from the list above; the rest is the client's text.
            if (Find(names, sent) is { } known && !sent.Equals(OfNodeToo, StringComparison.OrdinalIgnoreCase))
            {
                throw NotAllowed(
                    $"The request has a header that browsers and proxies add ({known}). Send the request directly, without a proxy.");
            }
        }
    }

    private static string? Find(string[] names, string sent)
    {
        foreach (var name in names)
        {
            if (name.EndsWith('*')
                ? sent.AsSpan().StartsWith(name.AsSpan(..^1), StringComparison.OrdinalIgnoreCase)
                : sent.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return name;
            }
        }

        return null;
    }

    private static RejectedException NotAllowed(string message) => new(RejectionReason.RequestNotAllowed, message);
}
