using System.Net;
using System.Net.Sockets;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration;
using Microsoft.AspNetCore.Http.Features;

namespace CredentialSidecar.Access;

/// <summary>Refuses what no SDK sends and what browsers, proxies and confused servers cannot help sending.</summary>
/// <remarks>A page or a server that is led to ask can choose an address and often a method, but neither its Host nor what its proxy adds.</remarks>
internal sealed class Wall(SidecarSettings settings)
{
    private static readonly string[] Forbidden = ["Forwarded", "Via", "Origin", "Referer", "X-Real-IP"];
    private static readonly string[] ForbiddenBeginnings = ["X-Forwarded-", "Sec-Fetch-"];

    /// <summary>All of it: for paths that lead to credentials.</summary>
    /// <exception cref="CredentialException">The request is not one that a container of this task makes.</exception>
    public void Check(HttpContext http)
    {
        CheckPeer(http.Connection);
        CheckName(http);
        CheckHeaders(http.Request);
        CheckMethod(http);
    }

    /// <summary>The name it was asked by, and who passed it on: for what is no credential and yet nobody's business.</summary>
    /// <exception cref="CredentialException">The request came by a browser or a proxy.</exception>
    public void CheckName(HttpContext http)
    {
        // A proxy's form of request has a whole address first, and Kestrel takes the host from there.
        if (!http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.StartsWith('/'))
        {
            throw NotAllowed("Requests by way of a proxy are not answered. Set NO_PROXY=127.0.0.1,localhost.");
        }

        var (host, connection) = (http.Request.Host, http.Connection);

        // Without a port as the CRT sends it; the name is what DNS rebinding cannot choose (contract R14).
        if (host.Port is { } port && port != connection.LocalPort || !IsOurs(host.Host, connection.LocalIpAddress))
        {
            throw NotAllowed("The Host header is not an address of the sidecar's. Use http://127.0.0.1 with its port, or list the name in Access:Hosts.");
        }
    }

    /// <exception cref="CredentialException">A browser or a proxy sent it.</exception>
    public static void CheckHeaders(HttpRequest request)
    {
        foreach (var (name, _) in request.Headers)
        {
            if (Forbidden.Contains(name, StringComparer.OrdinalIgnoreCase) || Array.Exists(ForbiddenBeginnings, start => name.StartsWith(start, StringComparison.OrdinalIgnoreCase)))
            {
                throw NotAllowed($"A request with a header that browsers and proxies add ({Shown(name)}) is not answered. Ask directly, without a proxy.");
            }
        }

        if (request.ContentLength > 0 || request.Headers.TransferEncoding.Count > 0)
        {
            throw NotAllowed("A request with a body is not answered.");
        }
    }

    private static void CheckMethod(HttpContext http)
    {
        if (!HttpMethods.IsGet(http.Request.Method))
        {
            http.Response.Headers.Allow = "GET";
            throw new CredentialException(CredentialFailure.WrongMethod, "Only GET is answered here.");
        }
    }

    private void CheckPeer(ConnectionInfo connection)
    {
        var (peer, local) = (Plain(connection.RemoteIpAddress), Plain(connection.LocalIpAddress));

        // Our own host, if it asks an address of its own, does so from that address.
        if (peer is null || (!IPAddress.IsLoopback(peer) && !peer.Equals(local) && !settings.Peers.Any(network => network.Contains(peer))))
        {
            throw NotAllowed("This address may not ask. Run the container in the sidecar's network namespace, or list its network in Access:Peers.");
        }
    }

    private bool IsOurs(string host, IPAddress? local)
    {
        var isLoopback = local is not null && IPAddress.IsLoopback(local);

        // By its text: 2130706433, 127.1 and 0x7f000001 are 127.0.0.1 to a resolver, and no SDK writes them.
        return host == (Plain(local) is { AddressFamily: AddressFamily.InterNetworkV6 } six ? $"[{six}]" : $"{Plain(local)}")
            || (isLoopback && host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            || settings.Options.Access.Hosts.Contains(host, StringComparer.OrdinalIgnoreCase);
    }

    private static IPAddress? Plain(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;

    // Only a name of our own list is repeated; the rest of it is the stranger's text.
    private static string Shown(string name) =>
        Array.Find(Forbidden, known => known.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? Array.Find(ForbiddenBeginnings, start => name.StartsWith(start, StringComparison.OrdinalIgnoreCase)) + "*";

    private static CredentialException NotAllowed(string message) => new(CredentialFailure.RequestNotAllowed, message);
}
