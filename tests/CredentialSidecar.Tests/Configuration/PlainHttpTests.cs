using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Configuration;

/// <summary>Where tokens and sessions may go in clear.</summary>
public sealed class PlainHttpTests
{
    [Theory]
    [InlineData("http://127.0.0.1:51680", true)]
    [InlineData("http://127.5.6.7", true)]
    [InlineData("http://localhost:4566", true)]
    [InlineData("http://[::1]:4566", true)]
    [InlineData("http://169.254.172.1:8081", true)]
    [InlineData("http://[fe80::1]:80", true)]
    [InlineData("https://sts.internal", true)]
    [InlineData("http://sts.internal:4566", false)]
    [InlineData("http://10.0.0.7", false)]
    [InlineData("http://localhost.attacker.example", false)]
    [InlineData("http://169.254.170.2.attacker.example", false)]
    [InlineData("http://[fd00::1]", false)]
    public void An_STS_at_an_http_address_beyond_this_host_and_its_link_must_be_allowed(string address, bool isNear)
    {
        foreach (var variable in (string[])["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"])
        {
            string[] expected = isNear ? [] :
            [
                $"{variable} is {address}, where anyone on the network path can read sessions; " +
                "use https, or allow it by SIDECAR_Sts__AllowPlainHttp=true",
            ];
            Assert.Equal(expected, Loading.Mistakes((variable, address)));
            Assert.Empty(Loading.Mistakes((variable, address), ("SIDECAR_Sts__AllowPlainHttp", "true")));
        }
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/creds", true)]
    [InlineData("http://localhost:1/creds", true)]
    [InlineData("http://[::1]:1/creds", true)]
    [InlineData("http://169.254.170.2/v2/credentials/secret-id", true)]
    [InlineData("http://169.254.170.23/v1/credentials", true)]
    [InlineData("http://[fd00:ec2::23]/v1/credentials", true)]
    [InlineData("https://credentials.internal/x", true)]
    [InlineData("http://169.254.170.3/secret-id", false)]
    [InlineData("http://169.254.169.254/secret-id", false)]
    [InlineData("http://10.0.0.7/secret-id", false)]
    [InlineData("http://credentials.internal/secret-id", false)]
    [InlineData("http://127.0.0.1.attacker.example/secret-id", false)]
    public void The_source_is_asked_in_clear_only_where_SDKs_do_so(string address, bool isAllowed)
    {
        var mistakes = Loading.Mistakes(
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", null),
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", address),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN", Settings.Token));

        Assert.Equal(isAllowed ? 0 : 1, mistakes.Count);
        var start = $"AWS_CONTAINER_CREDENTIALS_FULL_URI is http://{new Uri(address).Authority}; expected https, or http at loopback";
        Assert.All(mistakes, mistake => Assert.StartsWith(start, mistake, StringComparison.Ordinal));
        Assert.DoesNotContain(mistakes, mistake => mistake.Contains("secret-id", StringComparison.Ordinal));
    }
}
