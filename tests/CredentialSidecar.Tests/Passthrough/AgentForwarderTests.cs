using System.Text;
using CredentialSidecar.Testing;
using CredentialSidecar.Testing.Processes;
using Xunit;

namespace CredentialSidecar.Tests.Passthrough;

/// <summary>What reaches the agent is what was sent, and what comes back is what it answered.</summary>
public sealed class AgentForwarderTests
{
    private readonly ScriptedKernel _kernel = new();

    [Fact]
    public async Task A_request_arrives_byte_for_byte_but_for_the_connections_own_headers()
    {
        var heads = new TaskCompletionSource<string>();
        await using var agent = RawServer.Custom(async (head, stream, stop) =>
        {
            heads.TrySetResult(head);
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), stop);
        });
        await using var sidecar = await StartAsync(agent.Uri);

        await AskAsync(
            sidecar,
            "GET /v4//a/./b/%41%2f?q=%20&x HTTP/1.1\r\nHost: 169.254.170.2\r\n" +
            "X-Own: one\r\nUser-Agent: test\r\nConnection: close\r\n\r\n");
        var lines = (await heads.Task).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal("GET /v4//a/./b/%41%2f?q=%20&x HTTP/1.1", lines[0]);
        Assert.Equal(["Host: 169.254.170.2", "User-Agent: test", "X-Own: one"], lines[1..].Order());
    }

    [Fact]
    public async Task A_body_passes_and_so_do_the_agents_status_headers_and_body()
    {
        await using var agent = RawServer.Custom(async (head, stream, stop) =>
        {
            var body = new byte[4];
            await stream.ReadExactlyAsync(body.AsMemory(0, head.EndsWith("\r\n\r\n", StringComparison.Ordinal) ? 4 : 0), stop);
            var got = head.Split("\r\n\r\n")[1] + Encoding.ASCII.GetString(body).TrimEnd('\0');
            var text = $"HTTP/1.1 418 Odd\r\nX-Agent: {head.Split(' ')[0]} {got}\r\n" +
                "Content-Type: text/odd\r\nContent-Length: 3\r\nServer: agent\r\n\r\nodd";
            await stream.WriteAsync(Encoding.ASCII.GetBytes(text), stop);
        });
        await using var sidecar = await StartAsync(agent.Uri);

        var answer = await AskAsync(
            sidecar,
            "PUT /api/x/task-protection/v1/state HTTP/1.1\r\nHost: 169.254.170.2\r\n" +
            "Content-Length: 4\r\nConnection: close\r\n\r\ntrue");

        Assert.StartsWith("HTTP/1.1 418 ", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Agent: PUT true\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Type: text/odd\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nServer: agent\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nodd", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_error_of_the_agents_stays_empty()
    {
        await using var agent = RawServer.Http(404, "", "text/plain");
        await using var sidecar = await StartAsync(agent.Uri);

        var answer = await AskAsync(sidecar, "GET /v4/x HTTP/1.1\r\nHost: 169.254.170.2\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 404 ", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_streams()
    {
        var seen = new TaskCompletionSource();
        await using var agent = RawServer.Custom(async (_, stream, stop) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst"u8.ToArray(), stop);
            await seen.Task.WaitAsync(stop);
            await stream.WriteAsync("later"u8.ToArray(), stop);
        });
        await using var sidecar = await StartAsync(agent.Uri);
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(sidecar.InterceptedEndpoint, "/v4/x"));
        request.Headers.Host = "169.254.170.2";
        using var response = await client.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);

        var first = new byte[5];
        await body.ReadExactlyAsync(first, TestContext.Current.CancellationToken);
        seen.SetResult();

        Assert.Equal("first", Encoding.ASCII.GetString(first));
        Assert.Equal("later", await new StreamReader(body).ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_agent_that_is_gone_is_a_503_that_SDKs_can_read_and_a_log_line_without_the_path()
    {
        await using var sidecar = await StartAsync(new Uri($"http://127.0.0.1:{FreePort.Find()}"));

        var answer = await AskAsync(
            sidecar,
            "GET /v2/credentials/somebody-elses-secret-id HTTP/1.1\r\nHost: 169.254.170.2\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
        Assert.Contains("""{"code":"SourceUnavailable","message":"The ECS agent did not answer.""", answer, StringComparison.Ordinal);
        Assert.Contains(sidecar.Logs.Lines, line => line.Event.Id == 500);
        Assert.DoesNotContain(sidecar.Logs.Lines, line => $"{line.Text} {line.Exception}".Contains("secret-id", StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_log_line_holds_a_path_that_was_forwarded()
    {
        await using var agent = RawServer.Http(200, "{}");
        await using var sidecar = await StartAsync(agent.Uri);

        await AskAsync(
            sidecar,
            "GET /v2/credentials/somebody-elses-secret-id HTTP/1.1\r\nHost: 169.254.170.2\r\nConnection: close\r\n\r\n");

        Assert.DoesNotContain(sidecar.Logs.Lines, line => $"{line.Text} {line.Exception}".Contains("secret-id", StringComparison.Ordinal));
    }

    private static Task<string> AskAsync(SidecarFixture sidecar, string request) => RawHttp.AskAsync(sidecar.InterceptedEndpoint, request);

    private Task<SidecarFixture> StartAsync(Uri agent) =>
        SidecarFixture.StartInterceptedAsync(_kernel, ("SIDECAR_SOURCE_ENDPOINT", agent.GetLeftPart(UriPartial.Authority)));
}
