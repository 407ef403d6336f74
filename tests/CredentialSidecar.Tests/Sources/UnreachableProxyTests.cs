using System.Net;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration;
using CredentialSidecar.Sources;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Sources;

/// <summary>A proxy that cannot be used is named without its password.</summary>
public sealed class UnreachableProxyTests : UnreachableTest
{
    [Theory]
    [InlineData(407, "the proxy {0} did not accept the user name and password in https_proxy (407)")]
    [InlineData(403, "the proxy {0} does not allow connections to sts.eu-central-1.amazonaws.com (403)")]
    [InlineData(502, "the proxy {0} could not connect to sts.eu-central-1.amazonaws.com (502)")]
    public async Task A_proxy_that_does_not_connect_is_named_without_its_password(int status, string why)
    {
        await using var proxy = RawServer.Http(status, "no");
        var place = proxy.Uri.Authority;
        var expected = string.Format(null, System.Text.CompositeFormat.Parse(why), place);
        Assert.Equal(expected, (await ByProxyAsync(new Uri($"http://who:proxy-password@{place}"))).Why);
    }

    [Fact]
    public async Task A_proxy_that_refuses_connections_is_named() => Assert.Equal(
        "the connection to the proxy 127.0.0.1:1 failed: Connection refused",
        (await ByProxyAsync(new Uri("http://who:proxy-password@127.0.0.1:1"))).Why);

    [Fact]
    public async Task A_proxy_whose_name_does_not_resolve_is_named() => Assert.StartsWith(
        "the name proxy.invalid could not be resolved, which is the proxy's (",
        (await ByProxyAsync(new Uri("http://proxy.invalid:3128"))).Why,
        StringComparison.Ordinal);

    private static async Task<Unreachable> ByProxyAsync(Uri proxy)
    {
        using var handler = DirectHttp.Handler(proxied: true);
        handler.Proxy = new WebProxy(proxy);
        using var http = new HttpClient(handler);
        var target = new Uri("https://sts.eu-central-1.amazonaws.com/");
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => http.GetAsync(target));
        var unreachable = Unreachable.From(failure, new Sending { Target = target, Proxy = By(proxy.ToString()) });

        Assert.DoesNotContain("proxy-password", unreachable.ToString(), StringComparison.Ordinal);
        return unreachable;
    }
}
