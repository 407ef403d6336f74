using CredentialSidecar.Testing;
using Microsoft.Extensions.Logging;
using Xunit;

namespace CredentialSidecar.Tests.Endpoint;

/// <summary>Who gets what on the intercepted listener. Beside it stands an agent that answers everything with "from the agent".</summary>
public sealed class InterceptedEndpointTests : InterceptedEndpointTest
{
    [Theory]
    [InlineData(1000, "role/reports")]
    [InlineData(1001, "role/reader")]
    public async Task The_uids_port_decides_the_role_and_no_token_is_asked_for(int uid, string role)
    {
        Kernel.Uid = (uint)uid;
        AssertServed(await AskAsync($"GET {ScriptedKernel.OwnPath}", port: (uint)uid), role);
    }

    [Theory]
    [InlineData("POST /v2/credentials/7f1d2c3b-own")]
    [InlineData("PUT /v2/credentials/7f1d2c3b-own")]
    [InlineData("DELETE /v2/credentials/7f1d2c3b-own")]
    [InlineData("GET /v1/credentials?id=7f1d2c3b-own")]
    [InlineData("GET /v1/credentials?a=b&id=x&id=7f1d2c3b%2Down")]
    [InlineData("GET /v2/credentials/7f1d2c3b%2Down")]
    [InlineData("GET /v2%2Fcredentials%2f7f1d2c3b-own")]
    [InlineData("GET //v2//credentials/./7f1d2c3b-own")]
    [InlineData("GET /v4/../v2/credentials/7f1d2c3b-own")]
    [InlineData("GET /v2/credentials/7f1d2c3b-own?x=y")]
    public async Task Whatever_the_agent_would_take_for_the_tasks_own_path_never_reaches_it(string request)
    {
        AssertServed(await AskAsync(request), "role/reports");
        Assert.Equal(0, Agent.Requests);
    }

    [Theory]
    [InlineData("GET /v2/credentials/another")]
    [InlineData("GET /v2/credentials/7F1D2C3B-OWN")]
    [InlineData("GET /v2/credentials/")]
    [InlineData("GET /v1/credentials")]
    [InlineData("GET /v1/credentials?id=another")]
    [InlineData("GET /v1/credentials/reports")]
    [InlineData("GET /v2/metadata")]
    [InlineData("GET /v3/x/task")]
    [InlineData("HEAD /v4/x")]
    [InlineData("GET /")]
    [InlineData("GET /status")]
    public async Task Everything_else_goes_on_to_the_agent(string request)
    {
        Assert.StartsWith("HTTP/1.1 200 ", await AskAsync(request), StringComparison.Ordinal);
        Assert.Equal(1, Agent.Requests);
    }

    [Theory]
    [InlineData("X-Forwarded-For: 10.0.0.1")]
    [InlineData("Origin: https://attacker.example")]
    public async Task A_request_through_a_proxy_or_a_browser_gets_no_credentials_here_either(string header)
    {
        var request = $"GET {ScriptedKernel.OwnPath} HTTP/1.1\r\nHost: 169.254.170.2\r\n{header}\r\nConnection: close\r\n\r\n";
        var answer = await RawHttp.AskAsync(Sidecar.InterceptedEndpoint, request);
        Assert.StartsWith("HTTP/1.1 403 ", answer, StringComparison.Ordinal);
        Assert.Contains("RequestNotAllowed", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site: none")]
    [InlineData("Upgrade-Insecure-Requests: 1")]
    [InlineData("User-Agent: Mozilla/5.0")]
    public async Task A_browser_reads_neither_credentials_nor_metadata_here(string header)
    {
        foreach (var path in (string[])[ScriptedKernel.OwnPath, "/v4/x/task"])
        {
            Assert.StartsWith("HTTP/1.1 403 ", await AskAsync($"GET {path}", "169.254.170.2\r\n" + header), StringComparison.Ordinal);
        }

        Assert.Equal(0, Agent.Requests);
    }

    [Theory]
    [InlineData(ScriptedKernel.OwnPath, "role/reports")]
    [InlineData("/v4/x/task", "from the agent")]
    public async Task Node_is_answered_here_though_it_sends_Sec_Fetch_Mode(string path, string expected)
    {
        var answer = await AskAsync($"GET {path}", "169.254.170.2\r\nSec-Fetch-Mode: cors");
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Contains(expected, answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_may_name_port_80() =>
        AssertServed(await AskAsync($"GET {ScriptedKernel.OwnPath}", "169.254.170.2:80"), "role/reports");

    [Fact]
    public async Task No_other_listener_takes_the_agents_paths()
    {
        using var response = await Sidecar.Client.GetAsync(
            new Uri(ScriptedKernel.OwnPath, UriKind.Relative),
            TestContext.Current.CancellationToken);
        Assert.Equal(404, (int)response.StatusCode);
    }

    private static void AssertServed(string answer, string role)
    {
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Contains($"arn:aws:iam::555566667777:{role}\"", answer, StringComparison.Ordinal);
    }
}
