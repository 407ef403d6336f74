using CredentialSidecar.Launcher.Arguments;
using CredentialSidecar.Launcher.Listening;
using CredentialSidecar.Launcher.Native;
using CredentialSidecar.Launcher.Plan;
using CredentialSidecar.Launcher.Tokens;
using CredentialSidecar.Launcher.Waiting;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Launcher;

/// <summary>The token goes to the sidecar's user alone.</summary>
public sealed class ReadinessTests
{
    private const string Credentials = """{"AccessKeyId":"ASIAEXAMPLE"}""";

    private readonly Queue<uint> _holders = new();

    [Fact]
    public async Task The_sidecar_gets_the_token()
    {
        await using var server = RawServer.Http(200, Credentials);
        var readiness = Ready(server, 20_000, 9170, 9170, 9170);

        Assert.Equal(0, readiness.Reach().ExitCode);
        Assert.Null(readiness.Stranger());
        Assert.Equal(1, server.Requests);
    }

    [Fact]
    public async Task A_stranger_gets_no_request_and_the_wait_ends_at_once_with_77()
    {
        await using var server = RawServer.Http(200, Credentials);
        var readiness = Ready(server, 20_000, 1000, 1000);

        Assert.Equal(77, readiness.Reach().ExitCode);
        Assert.Equal(77, readiness.Stranger()?.ExitCode);
        Assert.Equal(0, server.Requests);
    }

    [Fact]
    public async Task A_stranger_who_takes_the_port_while_the_launcher_connects_gets_no_request()
    {
        await using var server = RawServer.Http(200, Credentials);

        Assert.Equal(77, Ready(server, 20_000, 9170, 1000, 1000).Reach().ExitCode);
        Assert.Equal(0, server.Requests);
    }

    [Fact]
    public async Task A_stranger_who_comes_after_the_answer_is_found_before_the_program_starts()
    {
        await using var server = RawServer.Http(200, Credentials);
        var readiness = Ready(server, 20_000, 9170, 9170, 1000);

        Assert.Equal(0, readiness.Reach().ExitCode);
        Assert.Equal(77, readiness.Stranger()?.ExitCode);
    }

    [Fact]
    public async Task A_stranger_is_found_without_a_wait_too()
    {
        await using var server = RawServer.Http(200, Credentials);
        var readiness = Ready(server, 0, 1000);

        Assert.Equal(0, readiness.Reach().ExitCode);
        Assert.Equal(77, readiness.Stranger()?.ExitCode);
    }

    // Each look finds the next holder of the port.
    private Readiness Ready(RawServer server, int wait, params uint[] holders)
    {
        Array.ForEach(holders, _holders.Enqueue);
        var guard = new ListenerGuard(SidecarUid.Unnamed, () => null, _ => [_holders.Dequeue()], () => "0 0 4294967295", _ => { });
        var settings = new LaunchSettings { Endpoint = new(false, "127.0.0.1", server.Uri.Port), Wait = wait };
        var tokens = new TokenLookup(new Variables([]), null, null, _ => new FileText { Missing = true });
        return new Readiness(settings, tokens, guard, new HttpPoll());
    }
}
