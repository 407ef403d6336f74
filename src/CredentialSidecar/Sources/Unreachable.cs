using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.RegularExpressions;

namespace CredentialSidecar.Sources;

/// <summary>Why nothing was heard of another side: which name, which host and port, which certificate, which proxy.</summary>
/// <param name="Why">In a few words, without any path and without the other side's text.</param>
/// <param name="Said">What a certificate says of itself.</param>
/// <param name="Advice">For the operator.</param>
internal sealed partial record Unreachable(string Why, string? Said = null, string? Advice = null)
{
    /// <param name="target">Null where the sentence around names it already.</param>
    public static Unreachable From(Exception exception, Uri? target = null, Uri? proxy = null)
    {
        var to = target is null ? "" : $" {Place(target)}";
        var through = proxy is null ? "" : $" through the proxy {Place(proxy)}";

        for (var e = exception; e is not null; e = e.InnerException)
        {
            switch (e)
            {
                case Polly.Timeout.TimeoutRejectedException timeout:
                    return new($"no answer{Of(to)} within {timeout.Timeout.TotalSeconds:0.#} s{through}",
                        Advice: target is null ? null : Network(target, proxy));
                case TimeoutException:
                    return new($"no connection to{(to.Length > 0 ? to : " it")}{through} within the time limit for connecting",
                        Advice: target is null ? null : Network(target, proxy));
                case CertificateException certificate:
                    return new($"TLS{With(to)} failed: {certificate.Message}", certificate.Whose,
                        "If a proxy inspects TLS, give the sidecar the certificate of its CA: AWS_CA_BUNDLE or SSL_CERT_FILE names a PEM file with it. "
                        + "Otherwise check that the address is the right one, and the clock.");
                case AuthenticationException when IsPlain(e.Message):
                    return new($"TLS{With(to)} failed: the port does not speak TLS",
                        Advice: "If it speaks plain HTTP, write http:// in the address; if not, correct the port.");
                case AuthenticationException:
                    return new($"TLS{With(to)} failed: {First(e.InnerException?.Message ?? e.Message)}");
                case HttpRequestException http when Of(http, target, proxy) is { } known:
                    return known;
                case SocketException socket:
                    return new(target is null ? socket.Message : $"the connection to{to}{through} failed: {socket.Message}");
            }
        }

        return new(exception.GetType().Name);
    }

    private static Unreachable? Of(HttpRequestException e, Uri? target, Uri? proxy) => e.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError when (proxy ?? target) is { } host => new(
            $"the name {host.Host} could not be resolved{(proxy is null ? "" : ", which is the proxy's")} ({Socket(e)})",
            Advice: proxy is null ? "Check the name, and that this container can ask a DNS server." : "Correct HTTPS_PROXY, or name the host in NO_PROXY."),
        HttpRequestError.ConnectionError when (proxy ?? target) is { } host => new(
            $"the connection to {(proxy is null ? "" : "the proxy ")}{Place(host)} failed: {Socket(e)}", Advice: Network(host, proxy)),
        HttpRequestError.ProxyTunnelError => ByProxy(Status().Match(e.Message) is { Success: true } status ? status.Value : null, target, proxy),
        HttpRequestError.ConfigurationLimitExceeded => new("its answer is far too long"),
        HttpRequestError.ResponseEnded => new("the connection was closed in the middle of an answer", Advice: Secured(target)),
        HttpRequestError.InvalidResponse => new("its answer is not HTTP", Advice: Secured(target)),
        _ => null,
    };

    private static Unreachable ByProxy(string? status, Uri? target, Uri? proxy)
    {
        var who = proxy is null ? "the proxy" : $"the proxy {Place(proxy)}";

        return status switch
        {
            "407" => new($"{who} asks for a user name and a password (407)",
                Advice: "Write them into HTTPS_PROXY: http://user:password@host:port, percent-encoded."),
            "403" => new($"{who} does not allow connections to {target?.Host} (403)",
                Advice: $"Have the proxy allow {target?.Host}, or name it in NO_PROXY if it can be reached directly."),
            null => new($"{who} could not connect to {target?.Host}", Advice: "Look at the log of the proxy."),
            _ => new($"{who} could not connect to {target?.Host} ({status})", Advice: "Look at the log of the proxy."),
        };
    }

    private static string Network(Uri target, Uri? proxy) => proxy is null
        ? $"Check that this container can reach {Place(target)}: its route, security group and NAT or VPC endpoint, or HTTPS_PROXY where a proxy is needed."
        : $"Check HTTPS_PROXY, or name the host of STS in NO_PROXY if it can be reached directly.";

    // A user name and a password may stand before the host; a path may be as good as one.
    private static string Place(Uri uri) => $"{uri.IdnHost}:{uri.Port}";

    private static string Of(string to) => to.Length == 0 ? "" : $" from{to}";

    private static string With(string to) => to.Length == 0 ? "" : $" with{to}";

    private static string Socket(Exception e) => e.InnerException is SocketException socket ? socket.Message : e.GetType().Name;

    private static string? Secured(Uri? target) => target?.Scheme == "http" ? $"If {Place(target)} speaks TLS, write https:// in the address." : null;

    private static bool IsPlain(string message) =>
        message.Contains("frame size", StringComparison.Ordinal) || message.Contains("corrupted frame", StringComparison.Ordinal);

    private static string First(string message) => message.ReplaceLineEndings(" ").Split(". ")[0].TrimEnd('.');

    [GeneratedRegex(@"(?<=status code ')[0-9]{3}(?=')")]
    private static partial Regex Status();
}
