using Xunit;
using LaunchEndpoint = CredentialSidecar.Launcher.Arguments.Endpoint;

namespace CredentialSidecar.Tests.Launcher;

/// <summary>Only what every SDK accepts in a FULL_URI (contract R13).</summary>
public sealed class EndpointTests
{
    [Theory]
    [InlineData("http://127.0.0.1:9170", "http://127.0.0.1:9170/v1/credentials/reports")]
    [InlineData("http://127.0.0.1", "http://127.0.0.1/v1/credentials/reports")]
    [InlineData("https://sidecar.internal", "https://sidecar.internal/v1/credentials/reports")]
    [InlineData("https://10.0.0.1:8443/", "https://10.0.0.1:8443/v1/credentials/reports")]
    [InlineData("https://[::1]:8443", "https://[::1]:8443/v1/credentials/reports")]
    [InlineData("https://[::1]", "https://[::1]/v1/credentials/reports")]
    public void R13_Literal_loopback_and_any_host_over_https_are_accepted(string text, string uri) =>
        Assert.Equal(uri, LaunchEndpoint.Read(text, out _)?.FullUri("reports"));

    [Theory]
    [InlineData("http://localhost:9170", "localhost")]
    [InlineData("http://sidecar:9170", "refuse names")]
    [InlineData("http://127.0.0.1.example.com", "refuse names")]
    [InlineData("http://127.1.2.3:9170", "C++")]
    [InlineData("http://[::1]:9170", "CRT")]
    [InlineData("http://169.254.170.2", "JavaScript v2")]
    [InlineData("http://10.0.0.1:9170", "not loopback")]
    [InlineData("http://127.0.0.1:0", "port")]
    [InlineData("http://127.0.0.1:", "port")]
    [InlineData("http://127.0.0.1:9170/v1/credentials", "nothing else")]
    [InlineData("http://127.0.0.1:9170?x", "nothing else")]
    [InlineData("http://user@127.0.0.1:9170", "nothing else")]
    [InlineData("http://", "nothing else")]
    [InlineData("127.0.0.1:9170", "nothing else")]
    [InlineData("https://a\nb", "nothing else")]
    public void R13_Any_other_is_refused_with_the_reason(string text, string reason)
    {
        Assert.Null(LaunchEndpoint.Read(text, out var why));
        Assert.Contains(reason, why, StringComparison.Ordinal);
    }
}
