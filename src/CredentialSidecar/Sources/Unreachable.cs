using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.RegularExpressions;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Sources;

/// <summary>Explains why a server could not be reached: the name, the host and port, the certificate, or the proxy.</summary>
/// <param name="Why">A short reason, without any path and without the server's text.</param>
/// <param name="Said">The names in the server's certificate.</param>
/// <param name="Advice">For the operator.</param>
internal sealed partial record Unreachable(string Why, string? Said = null, string? Advice = null)
{
    /// <param name="sending">Where the call went; null if the surrounding sentence already names it.</param>
    public static Unreachable From(Exception exception, Sending? sending = null)
    {
        var (target, proxy) = (sending?.Target, sending?.Proxy);
        var to = target is null ? "" : $" {Place(target)}";
        var through = proxy is null ? "" : $" through the proxy {Place(proxy.Address)}";

        for (var e = exception; e is not null; e = e.InnerException)
        {
            switch (e)
            {
                case Polly.Timeout.TimeoutRejectedException timeout:
                    return new($"no answer within {timeout.Timeout.TotalSeconds:0.#} s{Of(to)}{through}",
                        Advice: target is null
                            ? null
                            : "If the network is slow, the next attempts have more time, up to four times Sts:Timeout. "
                                + Network(target, proxy));
                case TimeoutException:
                    return new($"no connection to{(to.Length > 0 ? to : " it")}{through} within the time limit for connecting",
                        Advice: target is null ? null : Network(target, proxy));
                case CertificateException certificate:
                    return new($"TLS{With(to)} failed: {certificate.Message}", certificate.Whose,
                        CertificateAdvice.For(certificate.Fault, sending?.CaBundle));
                case AuthenticationException when IsPlain(e.Message):
                    return new($"TLS{With(to)} failed: the port does not speak TLS",
                        Advice: "If the server speaks plain HTTP, use http:// in the address; otherwise correct the port.");
                case AuthenticationException:
                    return new($"TLS{With(to)} failed: {First(e.InnerException?.Message ?? e.Message)}");
                case HttpRequestException http when Of(http, target, proxy) is { } known:
                    return known;
                case SocketException { SocketErrorCode: SocketError.ConnectionReset } when target is not null:
                    return new($"the connection to{to}{through} was reset by the server",
                        Advice: Secured(target) ?? $"Check the firewall, proxy or load balancer in front of {Place(target)}.");
                case SocketException socket:
                    return new(target is null ? socket.Message : $"the connection to{to}{through} failed: {socket.Message}");
            }
        }

        return new(exception.GetType().Name);
    }

    private static Unreachable? Of(HttpRequestException e, Uri? target, ProxySettings? proxy) => e.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError when (proxy?.Address ?? target) is { } host => new(
            $"the name {host.Host} could not be resolved{(proxy is null ? "" : ", which is the proxy's")} ({Socket(e)})",
            Advice: proxy is null ? Name(host) : $"Correct {proxy.Variable}, or add the host to NO_PROXY."),
        HttpRequestError.ConnectionError when (proxy?.Address ?? target) is { } host => new(
            $"the connection to {(proxy is null ? "" : "the proxy ")}{Place(host)} failed: {Socket(e)}",
            Advice: IsWithoutRoute(e) && proxy is null && OnlyFour(host) is { } advice ? advice : Network(host, proxy)),
        HttpRequestError.ProxyTunnelError =>
            ByProxy(Status().Match(e.Message) is { Success: true } status ? status.Value : null, target, proxy),
        HttpRequestError.ConfigurationLimitExceeded => new("its answer is too long"),
        HttpRequestError.ResponseEnded => new("the connection closed in the middle of an answer", Advice: Secured(target)),
        HttpRequestError.InvalidResponse => new("its answer is not HTTP", Advice: Secured(target)),
        _ => null,
    };

    private static Unreachable ByProxy(string? status, Uri? target, ProxySettings? proxy)
    {
        var who = proxy is null ? "the proxy" : $"the proxy {Place(proxy.Address)}";
        var variable = proxy?.Variable ?? "HTTPS_PROXY";

        return status switch
        {
            "407" when proxy is { Address.UserInfo.Length: > 0 } => new(
                $"{who} did not accept the user name and password in {variable} (407)",
                Advice: $"Correct them in {variable}: http://user:password@host:port, percent-encoded. "
                    + "The sidecar does not support proxies that require Kerberos or NTLM."),
            "407" => new($"{who} requires a user name and a password (407)",
                Advice: $"Add them to {variable}: http://user:password@host:port, percent-encoded."),
            "403" => new($"{who} does not allow connections to {target?.Host} (403)",
                Advice: $"Allow {target?.Host} in the proxy, or add it to NO_PROXY if it can be reached directly."),
            null => new($"{who} could not connect to {target?.Host}", Advice: "Check the log of the proxy."),
            _ => new($"{who} could not connect to {target?.Host} ({status})", Advice: "Check the log of the proxy."),
        };
    }

    private static string Name(Uri host) => host.Host.StartsWith("sts-fips.", StringComparison.Ordinal)
        ? "STS has FIPS endpoints only in regions of the United States and Canada. "
            + "Unset AWS_USE_FIPS_ENDPOINT and use_fips_endpoint in the AWS configuration file, or use one of these regions."
        : "Check the name, and that this container can reach a DNS server.";

    private static bool IsWithoutRoute(Exception e) =>
        e.InnerException is SocketException { SocketErrorCode: SocketError.NetworkUnreachable };

    // AWS gives IPv6 addresses to other names.
    private static string? OnlyFour(Uri host) =>
        host.Host.StartsWith("sts", StringComparison.Ordinal) && host.Host.Contains(".amazonaws.com", StringComparison.Ordinal)
            ? $"{host.Host} has only IPv4 addresses, and this container has no route for them. In an IPv6 network, set "
                + "AWS_USE_DUALSTACK_ENDPOINT=true. Otherwise check the route of the container."
            : null;

    private static string Network(Uri target, ProxySettings? proxy) => proxy is not null
        ? $"Check {proxy.Variable}, or add the STS host to NO_PROXY if it can be reached directly."
        : target.IsLoopback
        ? $"Check that a program listens at {Place(target)} in this container's own network namespace: loopback connections never leave it."
        : $"Check that this container can reach {Place(target)}: "
            + "its route, security group and NAT or VPC endpoint, or HTTPS_PROXY if a proxy is needed.";

    /// <summary>The advice if another program answered instead of STS.</summary>
    public static string? NoSts(Sending sending) => sending.Target is null ? null
        : $"Check that {Place(sending.Target)} is an STS endpoint, and that no proxy answers instead.";

    // A user name and password may precede the host, and a path may be a secret.
    private static string Place(Uri uri) => $"{uri.IdnHost}:{uri.Port}";

    private static string Of(string to) => to.Length == 0 ? "" : $" from{to}";

    private static string With(string to) => to.Length == 0 ? "" : $" with{to}";

    private static string Socket(Exception e) => e.InnerException is SocketException socket ? socket.Message : e.GetType().Name;

    private static string? Secured(Uri? target) =>
        target?.Scheme == "http" ? $"If {Place(target)} speaks TLS, use https:// in the address." : null;

    private static bool IsPlain(string message) =>
        message.Contains("frame size", StringComparison.Ordinal) || message.Contains("corrupted frame", StringComparison.Ordinal);

    private static string First(string message) => message.ReplaceLineEndings(" ").Split(". ")[0].TrimEnd('.');

    [GeneratedRegex(@"(?<=status code ')[0-9]{3}(?=')")]
    private static partial Regex Status();
}
