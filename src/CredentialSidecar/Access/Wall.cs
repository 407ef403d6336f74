using System.Net;
using System.Net.Sockets;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;
using Microsoft.AspNetCore.Http.Features;

namespace CredentialSidecar.Access;

/// <summary>Refuses what no SDK sends and what browsers, proxies and confused servers cannot help sending.</summary>
/// <remarks>A page or a server that is led to ask can choose an address and often a method, but neither its Host nor what its proxy adds.</remarks>
internal sealed class Wall(WallSettings settings)
{
    // Pages cannot set names that begin with Sec- (Fetch standard), and only browsers send them, but for one: Node's own fetch.
    private static readonly string[] OfBrowsers = ["Origin", "Referer", "Upgrade-Insecure-Requests", "Sec-*"];
    private const string OfNodeToo = "Sec-Fetch-Mode";
    private static readonly string[] OfProxies = ["Forwarded", "Via", "X-Forwarded*", "X-Original-*", "X-Real-IP", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP"];

    /// <exception cref="RejectedException">The request came by a proxy.</exception>
    public static void CheckForm(HttpContext http)
    {
        // A proxy's form of request has a whole address first, and Kestrel takes the host from there.
        if (!http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.StartsWith('/'))
        {
            throw NotAllowed("Requests by way of a proxy are not answered. Set NO_PROXY=127.0.0.1,localhost.");
        }
    }

    /// <exception cref="RejectedException">The client asked for another name than ours, as after DNS rebinding.</exception>
    public void CheckHost(HttpContext http)
    {
        var (host, connection) = (http.Request.Host, http.Connection);

        // Without a port as the CRT sends it; the name is what DNS rebinding cannot choose (contract R14).
        var isListed = settings.Hosts.Contains(host.Host);
        var hasPort = host.Value?.Length > host.Host.Length;

        if (!isListed && ((hasPort && host.Port != connection.LocalPort) || !IsOurs(host.Host, connection.LocalIpAddress)))
        {
            throw NotAllowed("The Host header is not an address of the sidecar's. Use http://127.0.0.1 with its port, or list the name in Access:Hosts.");
        }
    }

    /// <exception cref="RejectedException">A proxy passed it on.</exception>
    public static void CheckProxies(HttpRequest request) => Refuse(request, OfProxies);

    /// <exception cref="RejectedException">It has a body.</exception>
    public static void CheckBody(HttpRequest request)
    {
        if (request.ContentLength > 0 || request.Headers.TransferEncoding.Count > 0)
        {
            throw NotAllowed("A request with a body is not answered.");
        }
    }

    /// <remarks>
    /// Browsers send Sec-Fetch-Site only to addresses that they trust: 127.0.0.1, and not 169.254.170.2. There an image, or a
    /// fetch without CORS, brings neither that nor Origin nor, if the page wishes, Referer. User-Agent is what remains, and no
    /// page can change it in a request to another origin without asking first (a preflight, which brings Origin).
    /// </remarks>
    /// <exception cref="RejectedException">A browser sent it.</exception>
    public static void CheckBrowser(HttpRequest request)
    {
        Refuse(request, OfBrowsers);

        if (IsBrowser(request.Headers.UserAgent.ToString()))
        {
            throw NotAllowed("A request with a browser's User-Agent (Mozilla/…) is not answered. "
                + "Let the client send its own name there.");
        }
    }

    /// <summary>For what is passed on: a connection with another protocol would be a tunnel to the agent, past every check.</summary>
    /// <exception cref="RejectedException">The request offers another protocol.</exception>
    public static void CheckUpgrade(HttpRequest request)
    {
        // Java's HttpClient offers h2c with each request, and goes on in HTTP/1.1 where the offer is ignored.
        if (request.Headers.Upgrade.ToString() is { Length: > 0 } offered && !offered.Equals("h2c", StringComparison.OrdinalIgnoreCase))
        {
            throw NotAllowed("A request that offers another protocol (Upgrade) is not passed on. Leave the header out.");
        }
    }

    /// <summary>Whether a proxy adds a header of that name to say for whom it asks.</summary>
    public static bool IsOfProxy(string name) => Find(OfProxies, name) is not null;

    /// <summary>Our own host, or a network that may ask although it is not.</summary>
    /// <exception cref="RejectedException">It is somebody else.</exception>
    public void CheckPeer(ConnectionInfo connection)
    {
        var (peer, local) = (Plain(connection.RemoteIpAddress), Plain(connection.LocalIpAddress));

        // Our own host, if it asks an address of its own, does so from that address.
        if (peer is null || (!IPAddress.IsLoopback(peer) && !peer.Equals(local) && !settings.Peers.Any(network => network.Contains(peer))))
        {
            throw NotAllowed("This address may not ask. Run the container in the sidecar's network namespace, or list its network in Access:Peers.");
        }
    }

    /// <exception cref="RejectedException">The method is not GET.</exception>
    public static void CheckMethod(HttpContext http)
    {
        if (http.Request.Method != HttpMethods.Get)
        {
            http.Response.Headers.Allow = "GET";
            throw new RejectedException(RejectionReason.WrongMethod, "Only GET is answered here.");
        }
    }

    private static bool IsOurs(string host, IPAddress? local)
    {
        if (Plain(local) is not { } address)
        {
            return false;
        }

        // By its text: 2130706433, 127.1 and 0x7f000001 are 127.0.0.1 to a resolver, and no SDK writes them.
        Span<char> text = stackalloc char[64];
        var isSix = address.AddressFamily == AddressFamily.InterNetworkV6;
        var literal = !isSix ? host : host is ['[', .., ']'] ? host.AsSpan(1..^1) : default;
        return (address.TryFormat(text, out var length) && literal.SequenceEqual(text[..length]))
            || (IPAddress.IsLoopback(address) && host.Equals("localhost", StringComparison.OrdinalIgnoreCase));
    }

    // Every browser begins so, and so does PowerShell, which is none.
    private static bool IsBrowser(string agent) =>
        agent.StartsWith("Mozilla/", StringComparison.OrdinalIgnoreCase) && !agent.Contains(" PowerShell/", StringComparison.Ordinal);

    private static IPAddress? Plain(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;

    private static void Refuse(HttpRequest request, string[] names)
    {
        foreach (var (sent, _) in request.Headers)
        {
            // The name of our own list is repeated; the rest of it is the stranger's text.
            if (Find(names, sent) is { } known && !sent.Equals(OfNodeToo, StringComparison.OrdinalIgnoreCase))
            {
                throw NotAllowed($"A request with a header that browsers and proxies add ({known}) is not answered. Ask directly, without a proxy.");
            }
        }
    }

    private static string? Find(string[] names, string sent)
    {
        foreach (var name in names)
        {
            if (name.EndsWith('*') ? sent.AsSpan().StartsWith(name.AsSpan(..^1), StringComparison.OrdinalIgnoreCase) : sent.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return name;
            }
        }

        return null;
    }

    private static RejectedException NotAllowed(string message) => new(RejectionReason.RequestNotAllowed, message);
}
