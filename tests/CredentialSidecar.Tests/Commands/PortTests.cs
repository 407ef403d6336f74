using System.Net;
using System.Net.Sockets;
using CredentialSidecar.Chains;
using CredentialSidecar.Commands;
using CredentialSidecar.Endpoint;
using CredentialSidecar.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace CredentialSidecar.Tests.Commands;

/// <summary>A port that another program holds: who it is, and the one setting to change.</summary>
public sealed class PortTests
{
    [Fact]
    public void The_holder_of_a_port_is_found()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();

        Assert.EndsWith($" (pid {Environment.ProcessId})", PortHolder.Find((IPEndPoint)other.LocalEndpoint), StringComparison.Ordinal);
        Assert.Null(PortHolder.Find(new IPEndPoint(IPAddress.Parse("127.0.0.2"), ((IPEndPoint)other.LocalEndpoint).Port)));
    }

    [Theory]
    [InlineData("0100007F:23D2", "127.0.0.1", "a process of uid 101")]
    [InlineData("00000000:23D2", "127.0.0.1", "a process of uid 101")]
    [InlineData("00000000000000000000000001000000:23D2", "::1", "a process of uid 101")]
    [InlineData("0200007F:23D2", "127.0.0.1", null)]
    [InlineData("0100007F:23D3", "127.0.0.1", null)]
    public void A_holder_whose_process_is_hidden_is_told_by_its_uid(string local, string address, string? expected)
    {
        var proc = Directory.CreateTempSubdirectory("proc-");
        proc.CreateSubdirectory("net");
        File.WriteAllText(
            Path.Combine(proc.FullName, "net", "tcp"),
            "  sl  local_address\n" +
            $"   0: {local} 00000000:0000 0A 00000000:00000000 00:00000000 00000000   101        0 4711 1 0 100 0 0 10 0\n");
        var holder = PortHolder.Find(new IPEndPoint(IPAddress.Parse(address), 9170), proc.FullName);
        proc.Delete(recursive: true);

        Assert.Equal(expected, holder);
    }

    [Theory]
    [InlineData("SIDECAR_PORT")]
    [InlineData("SIDECAR_HEALTH_PORT")]
    public async Task A_taken_port_is_named_with_its_address_its_holder_and_its_setting(string setting)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var settings = Settings.Load((setting, $"{((IPEndPoint)other.LocalEndpoint).Port}"));
        await using var app = SidecarApp.Create(settings, TaskIdentity.Unknown, services =>
            services.AddSingleton<Microsoft.Extensions.Hosting.IHostLifetime, SidecarFixture.NoSignals>());
        var refused = await Assert.ThrowsAsync<PortUnavailableException>(
            () => PortUnavailable.StartAsync(app, settings, TestContext.Current.CancellationToken));

        Assert.Matches(
            $@"^{other.LocalEndpoint} is already in use by .+ \(pid {Environment.ProcessId}\)\. Set {setting} to a free port\.$",
            refused.Message);
    }

    [Fact]
    public void Each_listener_has_its_one_setting()
    {
        var settings = Settings.Load(
            ("SIDECAR_Interception__Uids__1000", "reports:9300"),
            ("SIDECAR_PORT", "80"),
            ("SIDECAR_HEALTH_PORT", "9171"),
            ("SIDECAR_HEALTH_ADDRESS", "192.0.2.7"));

        Assert.Equal(
            "127.0.0.1:9300 is already in use. Set SIDECAR_Interception__Uids__1000 to reports:PORT with a free port, here and for "
            + "intercept up.",
            Text(ListenerKind.Intercepted, SocketError.AddressAlreadyInUse));
        Assert.Equal("The sidecar may not listen on 127.0.0.1:80: Permission denied. Set SIDECAR_PORT to a port from 1024 up.",
            Text(ListenerKind.Credentials, SocketError.AccessDenied));
        Assert.Equal("192.0.2.7:9171 is already in use. Set SIDECAR_HEALTH_PORT to a free port.",
            Text(ListenerKind.Probes, SocketError.AddressAlreadyInUse));

        string Text(ListenerKind kind, SocketError error) => PortUnavailable.Describe(
            new ListenException(EndPointOf(kind), EndPointOf(kind).Row, new SocketException((int)error)), settings, null);

        ListenerEndPoint EndPointOf(ListenerKind kind) =>
            ListenerTable.Of(settings).First(row => row.Kind == kind) is var row ? new((IPEndPoint)row.Address, row) : null!;
    }

    [Fact]
    public async Task A_healthcheck_that_is_not_answered_says_who_holds_the_port()
    {
        await using var mute = RawServer.Custom((_, _, stop) => Task.Delay(Timeout.Infinite, stop));
        var (code, error) = await CheckAsync(mute.Uri.Port);

        Assert.Equal(1, code);
        Assert.Matches(
            $@"^credential-sidecar: no answer from http://127.0.0.1:{mute.Uri.Port}/healthz within 2 s\. " +
            $@".+ \(pid {Environment.ProcessId}\) holds the port. Either it hangs, or ",
            error);
    }

    [Theory]
    [InlineData(200, "ok", "it answered 200 \"ok\".")]
    [InlineData(404, "<html>\u001b[31m", "it answered 404 \"<html>\\u001B[31m\".")]
    public async Task A_healthcheck_that_meets_another_program_says_so(int status, string body, string expected)
    {
        await using var other = RawServer.Http(status, body, "text/plain");
        var (code, error) = await CheckAsync(other.Uri.Port);

        Assert.Equal(1, code);
        Assert.Matches(
            $@"^credential-sidecar: .+ \(pid {Environment.ProcessId}\) on 127\.0\.0\.1:{other.Uri.Port} " +
            "is not the sidecar's health listener: ",
            error);
        Assert.Contains(
            $"{expected} Set SIDECAR_HEALTH_PORT to a free port, for the sidecar and for this command.",
            error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_healthcheck_that_meets_another_protocol_says_so()
    {
        await using var other = RawServer.Custom((_, stream, stop) =>
            stream.WriteAsync("-ERR unknown command\r\n"u8.ToArray(), stop).AsTask());
        var error = (await CheckAsync(other.Uri.Port)).Error;
        Assert.Contains("is not the sidecar's health listener: its answer is not HTTP.", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_healthcheck_takes_the_sidecars_own_answers()
    {
        await using var sidecar = await SidecarFixture.StartAsync();
        await sidecar.SettleAsync();
        Assert.Equal((0, ""), await CheckAsync(sidecar.HealthEndpoint.Port));

        await using var failing = await SidecarFixture.StartAsync(sts => sts.FailWhen = _ => ScriptedSts.Denied());
        await failing.SettleAsync();
        Assert.Equal((1, ""), await CheckAsync(failing.HealthEndpoint.Port));
    }

    [Fact]
    public async Task A_healthcheck_needs_no_port_where_there_is_a_control_socket()
    {
        var directory = Directory.CreateTempSubdirectory("health-").FullName;
        var file = Path.Combine(directory, "broken.json");
        var moved = """{ "Health": { "Port": 1 } }""";
        (string, string?)[] variables =
        [
            ("SIDECAR_Control__Directory", directory), ("SIDECAR_CONFIG_FILE", file), ("SIDECAR_HEALTH_PORT", null),
        ];

        try
        {
            await using (var sidecar = await SidecarFixture.StartAsync(null, variables[0]))
            {
                await sidecar.SettleAsync();
                foreach (var text in new[] { moved, "{ broken" })
                {
                    File.WriteAllText(file, text);
                    Assert.Equal((0, ""), await CheckAsync(variables));
                    Assert.Equal((0, ""), await CheckAsync(ready: true, variables));
                }

                sidecar.Sts.FailWhen = _ => ScriptedSts.Denied();
                sidecar.Clock.Advance(TimeSpan.FromHours(2));
                Assert.Equal((0, ""), await CheckAsync(variables));
                Assert.Equal((1, ""), await CheckAsync(ready: true, variables));
            }

            // The file of the socket is gone, so the port is asked again.
            File.WriteAllText(file, moved);
            var (_, error) = await CheckAsync(variables);
            Assert.Contains("no answer from http://127.0.0.1:1/healthz", error, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static Task<(int Code, string Error)> CheckAsync(int port) => CheckAsync(("SIDECAR_HEALTH_PORT", $"{port}"));

    private static Task<(int Code, string Error)> CheckAsync(params (string, string?)[] environment) => CheckAsync(false, environment);

    private static async Task<(int Code, string Error)> CheckAsync(bool ready, params (string, string?)[] environment)
    {
        var error = new StringWriter();
        var code = await HealthcheckCommand.RunAsync(
            Settings.Environment(environment), null, ready, new StringWriter(), error, TestContext.Current.CancellationToken);
        return (code, error.ToString());
    }
}
