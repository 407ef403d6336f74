using System.Net;
using CredentialSidecar.Sources;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Configuration;

/// <summary><c>HTTPS_PROXY</c> and <c>NO_PROXY</c>, as botocore, Go and curl read them.</summary>
public sealed class ProxyTests
{
    private static readonly Uri Sts = new("https://sts.eu-central-1.amazonaws.com");

    [Theory]
    [InlineData("HTTPS_PROXY", "http://proxy.internal:3128", "http://proxy.internal:3128")]
    [InlineData("https_proxy", "proxy.internal:3128", "http://proxy.internal:3128")]
    [InlineData("ALL_PROXY", "socks5://proxy.internal:1080", "socks5://proxy.internal:1080")]
    [InlineData("HTTPS_PROXY", "http://me:canary@proxy.internal:3128", "http://proxy.internal:3128")]
    public void A_proxy_is_used_and_shown_without_its_password(string variable, string value, string expected)
    {
        var proxy = Settings.Load((variable, value)).Sts.Proxy!;

        Assert.Equal((variable, expected), (proxy.Variable, proxy.ToString()));
        Assert.Equal(expected, new EnvironmentProxy(proxy).GetProxy(Sts)!.GetLeftPart(UriPartial.Authority));
        var settings = Settings.Load((variable, value));
        Assert.DoesNotContain("canary", $"{proxy}{settings}{settings.Sts}", StringComparison.Ordinal);
    }

    [Fact]
    public void The_user_and_the_password_of_a_proxy_are_sent_to_it_alone()
    {
        var proxy = new EnvironmentProxy(Settings.Load(("HTTPS_PROXY", "http://me:p%40ss@proxy.internal:3128")).Sts.Proxy!);

        Assert.Equal(("me", "p@ss"), (((NetworkCredential)proxy.Credentials!).UserName, ((NetworkCredential)proxy.Credentials).Password));
        Assert.Equal("", proxy.GetProxy(Sts)!.UserInfo);
        Assert.Null(new EnvironmentProxy(Settings.Load(("HTTPS_PROXY", "http://proxy.internal:3128")).Sts.Proxy!).Credentials);
    }

    [Theory]
    [InlineData("ftp://canary.internal:21")]
    [InlineData("socks5h://canary.internal:1080")]
    [InlineData("http://me:canary@:3128")]
    public void A_proxy_that_cannot_be_used_is_a_mistake_instead_of_no_proxy(string value) => Assert.Equal(
        ["HTTPS_PROXY is not a proxy address; expected http://host:port (or https, socks4, socks4a, socks5)"],
        Loading.Mistakes(("HTTPS_PROXY", value)));

    [Theory]
    [InlineData("sts.eu-central-1.amazonaws.com", true)]
    [InlineData("amazonaws.com", true)]
    [InlineData(".amazonaws.com", true)]
    [InlineData("*.amazonaws.com", true)]
    [InlineData("localhost, 127.0.0.1, AMAZONAWS.COM:443", true)]
    [InlineData("localhost 127.0.0.1 .eu-central-1.amazonaws.com", true)]
    [InlineData("*", true)]
    [InlineData("zonaws.com", false)]
    [InlineData("amazonaws.com:8443", false)]
    [InlineData("169.254.0.0/16,.internal", false)]
    [InlineData("", false)]
    public void A_name_goes_past_the_proxy_by_its_ending(string noProxy, bool isDirect)
    {
        var settings = Settings.Load(("HTTPS_PROXY", "http://proxy.internal:3128"), ("NO_PROXY", noProxy));
        Assert.Equal(isDirect, settings.Sts.Proxy!.IsDirect(Sts));
    }

    [Theory]
    [InlineData("10.0.0.0/8", true)]
    [InlineData("10.1.2.3", true)]
    [InlineData("10.1.2.4", false)]
    [InlineData("192.168.0.0/16", false)]
    public void An_address_goes_past_the_proxy_by_its_network(string noProxy, bool isDirect)
    {
        var settings = Settings.Load(("HTTPS_PROXY", "http://proxy.internal:3128"), ("no_proxy", noProxy));
        Assert.Equal(isDirect, settings.Sts.Proxy!.IsDirect(new Uri("https://10.1.2.3")));
    }

    [Fact]
    public void An_http_endpoint_elsewhere_has_the_proxy_for_http()
    {
        (string, string?)[] changes =
        [
            ("AWS_ENDPOINT_URL_STS", "http://sts.internal"),
            ("SIDECAR_Sts__AllowPlainHttp", "true"),
            ("HTTPS_PROXY", "http://one.internal:3128"),
            ("HTTP_PROXY", "http://two.internal:3128"),
        ];
        Assert.Equal("HTTP_PROXY", Settings.Load(changes).Sts.Proxy!.Variable);
    }

    [Fact]
    public void An_STS_on_this_host_is_never_asked_by_a_proxy()
    {
        var settings = Settings.Load(
            ("HTTPS_PROXY", "http://proxy.internal:3128"), ("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:4566"));
        Assert.Null(settings.Sts.Proxy);
    }
}
