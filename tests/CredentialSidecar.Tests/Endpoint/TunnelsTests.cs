using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Endpoint;

/// <summary>CONNECT gets 405 on each listener, and nothing after it.</summary>
public sealed class TunnelsTests
{
    [Theory]
    [InlineData("169.254.170.2:80", "169.254.170.2:80")]
    [InlineData("127.0.0.1:80", "127.0.0.1:80")]
    public async Task CONNECT_is_405_on_every_listener(string target, string host)
    {
        await using var agent = RawServer.Http(200, "from the agent", "text/plain");
        await using var sidecar = await SidecarFixture.StartInterceptedAsync(
            new ScriptedKernel(), ("SIDECAR_SOURCE_ENDPOINT", agent.Uri.GetLeftPart(UriPartial.Authority)));

        foreach (var listener in new[] { sidecar.Endpoint, sidecar.HealthEndpoint, sidecar.InterceptedEndpoint })
        {
            var request = $"CONNECT {target} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {Settings.Token}\r\n\r\n";
            var answer = await RawHttp.AskAsync(listener, request);

            Assert.StartsWith("HTTP/1.1 405 ", answer, StringComparison.Ordinal);
            Assert.Contains("\r\nAllow: GET\r\n", answer, StringComparison.Ordinal);
            Assert.Contains(
                "\r\n\r\n{\"code\":\"MethodNotAllowed\",\"message\":\"The sidecar is not a proxy and does not support CONNECT",
                answer,
                StringComparison.Ordinal);
            Assert.DoesNotContain("AccessKeyId", answer, StringComparison.Ordinal);
        }

        Assert.Equal(0, agent.Requests);
        Assert.DoesNotContain(sidecar.Logs.Lines, line => line.Exception is not null || line.Event.Id == 401);
    }

    [Theory]
    [InlineData(ScriptedKernel.OwnPath)]
    [InlineData("/v1/credentials")]
    public async Task CONNECT_to_a_path_of_credentials_gets_none(string path)
    {
        await using var sidecar = await SidecarFixture.StartInterceptedAsync(new ScriptedKernel());

        foreach (var listener in new[] { sidecar.Endpoint, sidecar.HealthEndpoint, sidecar.InterceptedEndpoint })
        {
            var request = $"CONNECT {path} HTTP/1.1\r\nHost: 169.254.170.2\r\n" +
                $"Authorization: {Settings.Token}\r\nConnection: close\r\n\r\n";
            var answer = await RawHttp.AskAsync(listener, request);

            Assert.StartsWith("HTTP/1.1 4", answer, StringComparison.Ordinal);
            Assert.DoesNotContain("AccessKeyId", answer, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(sidecar.Logs.Lines, line => line.Exception is not null || line.Event.Id == 401);
    }
}
