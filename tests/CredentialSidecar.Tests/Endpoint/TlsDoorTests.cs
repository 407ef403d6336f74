using System.Net;
using System.Net.Sockets;
using CredentialSidecar.Access;
using CredentialSidecar.Endpoint;
using CredentialSidecar.Testing;
using CredentialSidecar.Tests.Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace CredentialSidecar.Tests.Endpoint;

/// <summary>Who gets a handshake, and what half a handshake costs others.</summary>
public sealed class TlsDoorTests : TlsTest
{
    private static readonly ConnectionLimits Limits = new(Requests: 32, Probes: 8, Waiting: 32);

    [Theory]
    [InlineData("192.0.2.1", "10.0.0.5", false)]
    [InlineData("10.0.0.9", "10.0.0.5", true)]
    [InlineData("::ffff:10.0.0.9", "::ffff:10.0.0.5", true)]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    public async Task A_peer_that_is_not_allowed_gets_no_handshake(string peer, string own, bool isAllowed)
    {
        await using var sidecar = await StartAsync(("SIDECAR_Access__Peers__0", "10.0.0.0/24"));
        var (reached, door) = (false, sidecar.Services.GetRequiredService<TlsDoor>());
        await using var connection = new DefaultConnectionContext
        {
            RemoteEndPoint = new IPEndPoint(IPAddress.Parse(peer), 40000),
            LocalEndPoint = new IPEndPoint(IPAddress.Parse(own), 9443),
        };

        await door.Watch(_ =>
        {
            reached = true;
            return Task.CompletedTask;
        })(connection);

        Assert.Equal(isAllowed, reached);
        Assert.Equal(isAllowed ? 0 : 1, Logged(sidecar, 407).Count());
    }

    [Fact]
    public async Task Clients_and_probes_are_answered_while_half_handshakes_hold_every_place()
    {
        await using var sidecar = await SidecarFixture.StartCrowdedAsync(Limits,
            ("SIDECAR_SHARED_DIR", Folder), ("SIDECAR_Listen__Tls__Port", "0"), ("SIDECAR_Access__Hosts__0", Host));
        var hello = await FirstFlight.RecordAsync(Host);
        var client = ClientOf(sidecar, Authority);
        await using var known = await client.ConnectAsync();
        var ask = client.Get("/v1/credentials/reports", Settings.Token);
        Assert.Contains(" 200 ", await TlsClient.AskAsync(known, ask), StringComparison.Ordinal);
        using var crowd = new Crowd();

        for (var i = 0; i < 10; i++)
        {
            // Some send nothing, some half of a first message, and some wait for the server's answer.
            await crowd.JoinAsync(sidecar.TlsEndpoint, 20, i % 3 == 0 ? [] : i % 3 == 1 ? hello[..100] : hello);
            using var served = await sidecar.Client.GetAsync("/v1/credentials/reports", TestContext.Current.CancellationToken);
            using var probed = await sidecar.Health.GetAsync("/livez", TestContext.Current.CancellationToken);
            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (served.StatusCode, probed.StatusCode));
            Assert.Contains(" 200 ", await TlsClient.AskAsync(known, ask), StringComparison.Ordinal);
            Assert.Contains("AccessKeyId", await AskAgainAsync(ClientOf(sidecar, Authority)), StringComparison.Ordinal);
        }

        Assert.InRange(sidecar.Services.GetRequiredService<ConnectionBudget>().Count, 1, 32);
    }

    /// <summary>Until its first request, a client over TLS is a stranger too. Its SDK tries again.</summary>
    private static async Task<string> AskAgainAsync(TlsClient client)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await AskAsync(client);
            }
            catch (IOException) when (tries < 3)
            {
                // The crowd has taken its place.
            }
        }
    }

    private sealed class Crowd : IDisposable
    {
        private readonly List<TcpClient> _all = [];

        public async Task JoinAsync(Uri server, int count, byte[] sent)
        {
            for (var i = 0; i < count; i++)
            {
                var client = new TcpClient();
                _all.Add(client);
                await client.ConnectAsync(server.Host, server.Port);
                await client.GetStream().WriteAsync(sent);
            }
        }

        public void Dispose() => _all.ForEach(client => client.Dispose());
    }
}
