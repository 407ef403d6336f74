using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using CredentialSidecar.Access;
using CredentialSidecar.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace CredentialSidecar.Tests.Endpoint;

/// <summary>Listeners that strangers fill, on real sockets.</summary>
public sealed class CrowdTests : IDisposable
{
    private static readonly ConnectionLimits Limits = new(Requests: 32, Probes: 8, Waiting: 32);

    private readonly List<TcpClient> _crowd = [];

    public void Dispose() => _crowd.ForEach(client => client.Dispose());

    [Fact]
    public async Task A_client_is_served_and_probes_are_answered_while_strangers_hold_every_place()
    {
        await using var sidecar = await SidecarFixture.StartCrowdedAsync(Limits);
        await FillAsync(sidecar.Endpoint, 100);
        await FillAsync(sidecar.HealthEndpoint, 100);

        for (var i = 0; i < 10; i++)
        {
            using var served = await sidecar.Client.GetAsync("/v1/credentials/reports", TestContext.Current.CancellationToken);
            using var probed = await sidecar.Health.GetAsync("/livez", TestContext.Current.CancellationToken);
            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (served.StatusCode, probed.StatusCode));
        }

        Assert.InRange(sidecar.Services.GetRequiredService<ConnectionBudget>().Count, 1, 32);
    }

    [Fact]
    public async Task Half_a_probe_is_not_given_to_the_server()
    {
        await using var sidecar = await SidecarFixture.StartCrowdedAsync(Limits);
        var begun = 0;
        using var meters = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "kestrel.active_connections")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        meters.SetMeasurementEventCallback<long>((_, change, tags, _) =>
        {
            if (change > 0 && tags.ToArray().Contains(new("server.port", sidecar.HealthEndpoint.Port)))
            {
                Interlocked.Increment(ref begun);
            }
        });
        meters.Start();

        using var half = await ConnectAsync(sidecar.HealthEndpoint);
        await half.GetStream().WriteAsync("GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        await Task.Delay(50, TestContext.Current.CancellationToken);

        // It came later, and is answered first.
        using var probed = await sidecar.Health.GetAsync("/livez", TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, 1), (probed.StatusCode, begun));

        await half.GetStream().WriteAsync("\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.NotEqual(0, await half.GetStream().ReadAsync(new byte[1], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_clients_connection_outlives_any_number_of_strangers()
    {
        await using var sidecar = await SidecarFixture.StartCrowdedAsync(Limits);
        using var client = await ConnectAsync(sidecar.Endpoint);
        Assert.StartsWith("HTTP/1.1 200 ", await AskAsync(client, Settings.Token), StringComparison.Ordinal);
        await FillAsync(sidecar.Endpoint, 200);
        Assert.StartsWith("HTTP/1.1 200 ", await AskAsync(client, Settings.Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET /v1/credentials/reports HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: wrong\r\n\r\n", 401)]
    [InlineData("GET /elsewhere HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 404)]
    [InlineData("POST /v1/credentials/reports HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 405)]
    [InlineData("GET /v1/credentials/reports HTTP/1.1\r\nHost: evil.example\r\n\r\n", 403)]
    [InlineData("GET /v1/credentials/nobody HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: " + Settings.Token + "\r\n\r\n", 400)]
    public async Task A_rejection_ends_its_connection_and_what_was_sent_behind_it_is_not_answered(string request, int status)
    {
        await using var sidecar = await SidecarFixture.StartCrowdedAsync(Limits);
        var answers = await RawHttp.AskAsync(sidecar.Endpoint, request + request + request);
        var heads = answers.Split("HTTP/1.1 ", StringSplitOptions.RemoveEmptyEntries).Select(answer => "HTTP/1.1 " + answer);
        Assert.StartsWith($"HTTP/1.1 {status} ", Assert.Single(heads), StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", answers, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_crowd_of_probes_takes_no_place_from_those_who_request_credentials()
    {
        await using var sidecar = await SidecarFixture.StartCrowdedAsync(Limits);
        using var early = await ConnectAsync(sidecar.Endpoint);
        await FillAsync(sidecar.HealthEndpoint, 100);
        Assert.StartsWith("HTTP/1.1 401 ", await AskAsync(early, "wrong"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_probe_is_one_request_a_connection()
    {
        await using var sidecar = await SidecarFixture.StartCrowdedAsync(Limits);
        var answer = await RawHttp.AskAsync(sidecar.HealthEndpoint, "GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Places_are_given_back_when_connections_end()
    {
        await using var sidecar = await SidecarFixture.StartCrowdedAsync(Limits);

        for (var round = 0; round < 5; round++)
        {
            await FillAsync(sidecar.Endpoint, 32);
            Dispose();
            _crowd.Clear();
        }

        await Eventually.HoldsAsync(() => sidecar.Services.GetRequiredService<ConnectionBudget>().Count == 0, () => "places are lost");
    }

    [Fact]
    public async Task Half_requests_of_strangers_hold_up_nobody()
    {
        await using var sidecar = await SidecarFixture.StartCrowdedAsync(Limits);

        // More than may be between their start and their first request.
        for (var i = 0; i < 20; i++)
        {
            var half = await ConnectAsync(sidecar.Endpoint);
            _crowd.Add(half);
            await half.GetStream().WriteAsync("GET /v1/cre"u8.ToArray(), TestContext.Current.CancellationToken);
        }

        using var client = await ConnectAsync(sidecar.Endpoint);
        using var stranger = await ConnectAsync(sidecar.Endpoint);
        Assert.StartsWith("HTTP/1.1 200 ", await AskAsync(client, Settings.Token), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 401 ", await AskAsync(stranger, "wrong"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_guesser_waits_for_its_rejection_and_then_reads_it()
    {
        await using var sidecar = await SidecarFixture.StartCrowdedAsync(Limits);

        for (var i = 0; i < 10; i++)
        {
            using var guesser = await ConnectAsync(sidecar.Endpoint);
            Assert.StartsWith("HTTP/1.1 401 ", await AskAsync(guesser, "wrong"), StringComparison.Ordinal);
        }

        using var late = await ConnectAsync(sidecar.Endpoint);
        var answer = AskAsync(late, "wrong");

        // The loop of the destination, the count of repetitions, and the guesser.
        await sidecar.Clock.UntilWaitingAsync(3);
        await Eventually.HoldsAsync(
            () => sidecar.Services.GetRequiredService<ConnectionBudget>().Count == 0,
            () => "the server has its connection");
        Assert.False(answer.IsCompleted);
        await sidecar.AdvanceAsync(Throttle.Delay);
        Assert.StartsWith("HTTP/1.1 401 ", await answer, StringComparison.Ordinal);
    }

    private static async Task<TcpClient> ConnectAsync(Uri server)
    {
        var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port, TestContext.Current.CancellationToken);
        return client;
    }

    private static async Task<string> AskAsync(TcpClient client, string token)
    {
        var request = $"GET /v1/credentials/reports HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {token}\r\n\r\n";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        var buffer = new byte[8192];
        return Encoding.ASCII.GetString(buffer, 0, await client.GetStream().ReadAsync(buffer, TestContext.Current.CancellationToken));
    }

    private async Task FillAsync(Uri server, int count)
    {
        for (var i = 0; i < count; i++)
        {
            _crowd.Add(await ConnectAsync(server));
        }
    }
}
