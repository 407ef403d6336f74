using CredentialSidecar.Testing;
using CredentialSidecar.Testing.Otlp;
using CredentialSidecar.Testing.Processes;
using Xunit;

namespace CredentialSidecar.Tests.Telemetry;

/// <summary>The span of a request that goes on to the agent, as a collector gets it.</summary>
public sealed class ForwardingSpanTests
{
    private const string Secret = "somebody-elses-secret-id";
    private const string Sibling = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [Fact]
    public async Task It_tells_method_and_status_and_the_siblings_trace_goes_on_but_no_path_is_in_it()
    {
        var heads = new TaskCompletionSource<string>();
        await using var agent = RawServer.Custom(async (head, stream, stop) =>
        {
            heads.TrySetResult(head);
            await stream.WriteAsync("HTTP/1.1 418 Odd\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), stop);
        });
        var span = await ForwardAsync(agent.Uri, "FETCH", $"traceparent: {Sibling}\r\n");

        Assert.Equal(("0AF7651916CD43DD8448EB211C80319C", "B7AD6B7169203331", 3, 0), (span.Trace, span.Parent, span.Kind, span.Status));
        Assert.Equal(
            [("http.request.method", "_OTHER"), ("http.response.status_code", "418"), ("outcome", "ok")],
            span.Attributes.Select(a => (a.Key, a.Value)).Order());

        // And the agent still gets what the sibling sent: one id, and that one.
        var lines = (await heads.Task).Split("\r\n");
        var trace = Assert.Single(lines, line => line.StartsWith("trace", StringComparison.OrdinalIgnoreCase));
        Assert.Equal($"traceparent: {Sibling}", trace);
    }

    [Fact]
    public async Task An_agent_that_is_gone_makes_it_an_error_in_a_trace_of_its_own()
    {
        var span = await ForwardAsync(new Uri($"http://127.0.0.1:{FreePort.Find()}"), "GET", "");

        Assert.Equal(("", 2), (span.Parent, span.Status));
        Assert.Equal(
            [("error.type", "Request"), ("http.request.method", "GET"), ("outcome", "Request")],
            span.Attributes.Select(a => (a.Key, a.Value)).Order());
    }

    private static async Task<ReceivedSpan> ForwardAsync(Uri agent, string method, string headers)
    {
        await using var collector = await OtlpReceiver.StartAsync();

        await using (var sidecar = await SidecarFixture.StartInterceptedAsync(
            new ScriptedKernel(),
            ("SIDECAR_SOURCE_ENDPOINT", agent.GetLeftPart(UriPartial.Authority)),
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", $"{collector.Http}v1/traces"),
            ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf")))
        {
            var request = $"{method} /v2/credentials/{Secret} HTTP/1.1\r\nHost: 169.254.170.2\r\n{headers}Connection: close\r\n\r\n";
            await RawHttp.AskAsync(sidecar.InterceptedEndpoint, request);
            await sidecar.StopAsync();
        }

        Assert.DoesNotContain(collector.Requests, request => request.Body.Contains(Secret, StringComparison.Ordinal));

        // Other sidecars of this test process have spans too, which all of its collectors get.
        return collector.Spans.Last(span => span.Name == "forward"
            && (span.Attributes["outcome"] != "ok" || span.Attributes.GetValueOrDefault("http.response.status_code") == "418"));
    }
}
