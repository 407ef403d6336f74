using System.Net;
using System.Security.Cryptography.X509Certificates;
using CredentialSidecar.Access;
using CredentialSidecar.Endpoint;
using CredentialSidecar.Testing;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace CredentialSidecar.Tests.Endpoint;

/// <summary>Each guard stands on the routes whose row has it, and on no other: shown on real sockets of every listener.</summary>
public sealed class GuardTests : IAsyncLifetime
{
    private readonly ScriptedKernel _kernel = new();
    private readonly RawServer _agent = RawServer.Http(200, "from the agent", "text/plain");
    private SidecarFixture _sidecar = null!;
    private readonly string _directory = Directory.CreateTempSubdirectory("control-").FullName;
    private ILookup<ListenerKind, EndPoint> _open = null!;

    public async ValueTask InitializeAsync()
    {
        _sidecar = await SidecarFixture.StartInterceptedAsync(_kernel,
            ("SIDECAR_SOURCE_ENDPOINT", _agent.Uri.GetLeftPart(UriPartial.Authority)),
            ("SIDECAR_HEALTH_ADDRESS", "127.0.0.2"), ("SIDECAR_SHARED_DIR", _directory), ("SIDECAR_Listen__Socket", "true"),
            ("SIDECAR_Listen__Tls__Port", "0"), ("SIDECAR_Access__Hosts__0", "sidecar.test"),
            ("SIDECAR_Passthrough__Metadata", "true"), ("SIDECAR_Passthrough__TaskRole__0", "default"));
        var addresses = _sidecar.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        var settings = _sidecar.Services.GetRequiredService<CredentialSidecar.Configuration.Settings.SidecarSettings>();
        _open = ListenerTable.Of(settings).Zip(addresses).ToLookup(
            row => row.First.Kind,
            row => row.First.Address is IPEndPoint ? IPEndPoint.Parse(new Uri(row.Second).Authority) : row.First.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await _sidecar.DisposeAsync();
        await _agent.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_request_that_no_guard_rejects_is_answered()
    {
        Assert.Equal(Enum.GetValues<Asked>().Order(), Routes.All.Select(route => route.Asked).Distinct().Order());

        foreach (var route in Routes.All)
        {
            var expected = route.Asked == Asked.OtherPath ? "HTTP/1.1 404 " : "HTTP/1.1 200 ";
            Assert.StartsWith(expected, await AskAsync(route), StringComparison.Ordinal);
        }
    }

    /// <summary>The texts are those that siblings read, so each shows which guard rejected the request.</summary>
    [Theory]
    [InlineData(nameof(Guards.Tunnel), "does not support CONNECT", "CONNECT", "", "")]
    [InlineData(nameof(Guards.AgentHost), "The Host header must be 169.254.170.2.", "", "attacker.example", "")]
    [InlineData(nameof(Guards.HostName), "The Host header is not an address of the sidecar.", "", "attacker.example", "")]
    [InlineData(nameof(Guards.BrowserHeaders), "(Origin)", "", "", "Origin: null\r\n")]
    [InlineData(nameof(Guards.ProxyHeaders), "(Via)", "", "", "Via: 1.1 proxy\r\n")]
    [InlineData(nameof(Guards.Upgrade), "offers another protocol", "", "", "Upgrade: websocket\r\n")]
    [InlineData(nameof(Guards.ForwardedMethod), "forwarded here.", "DELETE", "", "")]
    [InlineData(nameof(Guards.Body), "The request has a body. Send a GET request without a body.", "", "", "Content-Length: 2\r\n")]
    [InlineData(nameof(Guards.Method), "Only GET is supported here.", "DELETE", "", "")]
    [InlineData(nameof(Guards.Client), "The request has no authorization token.", "", "", "Authorization:\r\n")]
    public async Task A_guard_stands_where_its_row_says(string guard, string text, string method, string host, string header)
    {
        foreach (var route in Routes.All)
        {
            AssertGuarded(route, Enum.Parse<Guards>(guard), await AskAsync(route, method, host, header), text);

            // The eleventh rejection within a minute would wait.
            _sidecar.Clock.Jump(TimeSpan.FromMinutes(1));
        }
    }

    [Fact]
    public async Task A_proxys_form_of_request_is_rejected_where_the_table_says()
    {
        foreach (var route in Routes.All)
        {
            AssertGuarded(route, Guards.ProxyForm, await AskAsync(route, form: "http://127.0.0.1"), "as if to a proxy");
        }
    }

    [Fact]
    public async Task A_connection_of_another_uid_is_rejected_where_the_table_says()
    {
        _kernel.Uid = 4711;

        foreach (var route in Routes.All)
        {
            AssertGuarded(route, Guards.RedirectedUid, await AskAsync(route), "name different users for this connection");
        }
    }

    [Fact]
    public async Task A_client_over_its_ceiling_is_rejected_where_the_table_says()
    {
        foreach (var client in new[] { null, "default", "(metadata)", "uid 1000" })
        {
            Exhaust(client);
        }

        foreach (var route in Routes.All)
        {
            // A rejected request with a valid token counts for its client as well.
            var header = route.Asked == Asked.OtherPath ? "Authorization:\r\n" : "";
            AssertGuarded(route, Guards.Ceiling, await AskAsync(route, header: header), "far more than any SDK sends");
        }
    }

    [Fact]
    public async Task A_stranger_over_the_ceiling_of_all_is_rejected_where_the_table_says()
    {
        Exhaust(null);

        foreach (var route in Routes.All)
        {
            AssertGuarded(route, Guards.StrangersCeiling, await AskAsync(route, header: "Authorization:\r\n"),
                "far more than any SDK sends");
        }
    }

    /// <summary>No socket of a test comes from another machine, so the gate is asked itself.</summary>
    [Fact]
    public void A_peer_address_beyond_this_host_is_rejected_where_the_table_says()
    {
        foreach (var route in Routes.All)
        {
            var http = new DefaultHttpContext();
            RequestState.Begin(http, default);
            http.Features.Set(new InterceptedConnection(1000));
            http.Features.Get<IHttpRequestFeature>()!.RawTarget = "/";
            (http.Request.Method, http.Request.Host) = ("GET", new HostString("169.254.170.2"));
            (http.Connection.RemoteIpAddress, http.Connection.LocalIpAddress) =
                (IPAddress.Parse("192.0.2.1"), IPAddress.Parse("169.254.170.2"));
            http.Request.Headers.Authorization = Settings.Token;

            var rejected = Record.Exception(() => _sidecar.Services.GetRequiredService<Gate>().Check(http, route));
            AssertGuarded(route, Guards.PeerAddress, rejected?.Message ?? "", "The sidecar does not serve this peer address.");
        }
    }

    private static void AssertGuarded(Route route, Guards guard, string answer, string text) =>
        Assert.True(route.Guards.HasFlag(guard) == answer.Contains(text, StringComparison.Ordinal), $"{guard} on {route.Name}: {answer}");

    private void Exhaust(string? client)
    {
        var throttle = _sidecar.Services.GetRequiredService<Throttle>();

        // The second one is a peer on a Unix socket.
        Assert.All([IPAddress.Loopback, IPAddress.None], address => Assert.NotNull(Record.Exception(() => AdmitAll(address))));

        void AdmitAll(IPAddress address)
        {
            for (var i = 0; i < 100_000; i++)
            {
                throttle.Admit(address, client);
            }
        }
    }

    private X509Certificate2 Authority() =>
        X509CertificateLoader.LoadCertificateFromFile(Path.Combine(_directory, "ca.pem"));

    private Task<string> AskAsync(Route route, string method = "", string host = "", string header = "", string form = "")
    {
        var (own, path) = route.Asked switch
        {
            Asked.Credentials => ("GET", "/v1/credentials/reports"),
            Asked.OtherPath => ("GET", "/nowhere"),
            Asked.Metadata => ("GET", "/v4/0123abcd/task"),
            Asked.Protection => ("GET", "/api/0123abcd/task-protection/v1/state"),
            Asked.ProtectionChange => ("PUT", "/api/0123abcd/task-protection/v1/state"),
            Asked.TaskRole or Asked.OwnCredentials => ("GET", ScriptedKernel.OwnPath),
            Asked.Agent => ("GET", "/v4/0123abcd/task"),
            Asked.Status => ("GET", "/status"),
            Asked.Command => ("POST", "/status"),
            _ => ("GET", "/livez"),
        };
        var isAgent = route.Listener == ListenerKind.Intercepted;
        var listener = _open[route.Listener].First();
        var target = method == "CONNECT" ? "127.0.0.1:80" : form + path;
        var token = header.StartsWith("Authorization", StringComparison.Ordinal) ? "" : $"Authorization: {Settings.Token}\r\n";
        var ownName = isAgent && form.Length == 0 ? "169.254.170.2" : (listener as IPEndPoint)?.Address.ToString() ?? "127.0.0.1";
        var name = host.Length > 0 ? host : method == "CONNECT" ? target : ownName;
        var body = header.StartsWith("Content-Length", StringComparison.Ordinal) ? "{}" : "";
        var start = $"{(method.Length > 0 ? method : own)} {target} HTTP/1.1";
        var request = $"{start}\r\nHost: {name}\r\n{token}{header}Connection: close\r\n\r\n{body}";
        return route.Listener == ListenerKind.Tls
            ? new TlsClient(listener, "sidecar.test", Authority(), VirtualClock.Start).AskAsync(request)
            : RawHttp.AskAsync(listener, request);
    }
}
