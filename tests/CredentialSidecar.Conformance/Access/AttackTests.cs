using System.Net;
using System.Text;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing;
using CredentialSidecar.Testing.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace CredentialSidecar.Conformance.Access;

/// <summary>Attacks through a program in the task that sends requests for others: a server that fetches given URLs, or a proxy.</summary>
/// <remarks>Attacks through a real browser are in <see cref="BrowserTests"/>.</remarks>
/// <remarks>Each has what it needs but for the one guard that is tried: the right token, where a guard beside the token is meant.</remarks>
public sealed class AttackTests : IAsyncLifetime
{
    private EmulatorProcess _emulator = null!;
    private SidecarProcess _sidecar = null!;

    public async ValueTask InitializeAsync()
    {
        _emulator = await EmulatorProcess.StartAsync();
        _sidecar = await SidecarProcess.StartAsync(
            _emulator, ("SIDECAR_ROLE_ARN", DefaultWorld.Reports), ("SIDECAR_EXTERNAL_ID", DefaultWorld.ExternalId));
        await _sidecar.ReadyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _sidecar.DisposeAsync();
        await _emulator.DisposeAsync();
    }

    [Fact]
    public async Task DNS_rebinding_brings_the_attackers_own_name_and_is_refused()
    {
        // A name that leads to 127.0.0.1, as an attacker's server would say; the client is a real one.
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellation) =>
            {
                var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellation);
                return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
            },
        };
        using var client = new HttpClient(handler);
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", _sidecar.Token);

        var rebound = new Uri($"http://rebound.attacker.example:{_sidecar.Endpoint.Port}/v1/credentials");
        using var answer = await client.GetAsync(rebound, TestContext.Current.CancellationToken);
        await AssertRefusedAsync(answer, "RequestNotAllowed");
    }

    [Fact]
    public async Task A_forwarder_that_adds_headers_is_refused_even_with_the_token()
    {
        await using var forwarder = await ForwardAsync(
            request => request.Headers.TryAddWithoutValidation("X-Forwarded-For", "203.0.113.9"));
        using var answer = await ThroughAsync(forwarder, _sidecar.Token);
        await AssertRefusedAsync(answer, "RequestNotAllowed");
    }

    [Fact]
    public async Task A_forwarder_that_adds_nothing_has_no_token_to_send()
    {
        await using var forwarder = await ForwardAsync(_ => { });
        using var answer = await ThroughAsync(forwarder, token: null);
        await AssertRefusedAsync(answer, "Unauthorized");

        // It would get through with one, so it is the token that stops it.
        using var withToken = await ThroughAsync(forwarder, _sidecar.Token);
        Assert.Equal(HttpStatusCode.OK, withToken.StatusCode);
    }

    [Fact]
    public async Task A_form_and_a_preflight_of_a_page_are_refused()
    {
        foreach (var (method, body) in new[] { ("POST", "a=b"), ("OPTIONS", "") })
        {
            var answer = await RawHttp.AskAsync(_sidecar.Endpoint,
                $"{method} /v1/credentials HTTP/1.1\r\nHost: {_sidecar.Endpoint.Authority}\r\n" +
                "Origin: https://attacker.example\r\nAccess-Control-Request-Headers: authorization\r\n" +
                $"Content-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}");
            Assert.StartsWith("HTTP/1.1 403 ", answer, StringComparison.Ordinal);
            Assert.DoesNotContain("Access-Control-Allow", answer, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task A_machine_on_the_network_gets_nothing_from_a_listener_that_reaches_it_and_a_listed_one_does()
    {
        const string Needs = "network namespaces need root and apt-get install -y --no-install-recommends util-linux iproute2 curl";
        await Installed.CommandAsync(Needs, "unshare", "--net", "ip", "link", "set", "lo", "up");
        await Installed.CommandAsync(Needs, "curl", "--version");

        Assert.Equal("403", await AskFromNeighbourAsync("192.0.2.9/32"));
        Assert.Equal("503", await AskFromNeighbourAsync("10.77.0.0/24"));
    }

    // Two namespaces joined by a pair of interfaces: the sidecar in one, the neighbour with the right token in the other.
    private static async Task<string> AskFromNeighbourAsync(string peers)
    {
        var script = $$"""
            set -e
            ip link set lo up
            unshare --net sleep 60 & other=$!
            while [ "$(readlink /proc/$other/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.1; done
            ip link add inside type veth peer name outside
            ip link set outside netns $other
            ip addr add 10.77.0.1/24 dev inside; ip link set inside up
            nsenter --net=/proc/$other/ns/net sh -c 'ip addr add 10.77.0.2/24 dev outside; ip link set outside up'
            "{{Programs.Sidecar}}" > /dev/null & sidecar=$!
            code=000
            for i in $(seq 100); do
              code=$(nsenter --net=/proc/$other/ns/net curl -s -o /dev/null -w '%{http_code}' \
                -H "Authorization: $SIDECAR_TOKEN" http://10.77.0.1:9170/v1/credentials) && break
              sleep 0.2
            done
            kill -9 $sidecar $other
            echo "$code"
            """;
        var ended = await ChildProcess.RunAsync("unshare", ["--net", "sh", "-c", script], CleanEnvironment.With(
            ("SIDECAR_ROLE_ARN", DefaultWorld.Reports),
            ("SIDECAR_TOKEN", "9f2c7b1e4d6a8035c1e7f9a2b4d6c8e0"),
            ("SIDECAR_Listen__Addresses__0", "0.0.0.0"),
            ("SIDECAR_Access__Peers__0", peers),
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/none"),
            ("AWS_REGION", "eu-central-1"),
            ("SIDECAR_SOURCE_ENDPOINT", "http://127.0.0.1:1")));
        return ended.Output.Trim();
    }

    private static async Task AssertRefusedAsync(HttpResponseMessage answer, string code)
    {
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains($"\"code\":\"{code}\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("SecretAccessKey", text, StringComparison.Ordinal);
    }

    private static async Task<HttpResponseMessage> ThroughAsync(WebApplication forwarder, string? token)
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", token);
        return await client.GetAsync(new Uri(new Uri(forwarder.Urls.First()), "/fetch"), TestContext.Current.CancellationToken);
    }

    // A server that fetches an address it was given, as one with an SSRF fault does.
    private async Task<WebApplication> ForwardAsync(Action<HttpRequestMessage> change)
    {
        var builder = WebApplication.CreateSlimBuilder();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.Run(async http =>
        {
            using var client = new HttpClient();
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_sidecar.Endpoint, "v1/credentials"));
            request.Headers.TryAddWithoutValidation("Authorization", (string?)http.Request.Headers.Authorization);
            change(request);
            using var answer = await client.SendAsync(request, http.RequestAborted);
            http.Response.StatusCode = (int)answer.StatusCode;
            var body = await answer.Content.ReadAsStringAsync(http.RequestAborted);
            await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body), http.RequestAborted);
        });
        await app.StartAsync();
        return app;
    }
}
