using System.Net.Sockets;
using System.Runtime.Versioning;
using CredentialSidecar.Commands;
using CredentialSidecar.Endpoint;
using CredentialSidecar.Networking;
using CredentialSidecar.Testing;
using CredentialSidecar.Testing.Processes;
using Xunit;

namespace CredentialSidecar.Tests.Endpoint;

/// <summary>Credentials on the Unix socket of a shared directory.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SocketTests : IDisposable
{
    private const string OtherUser = "4711";

    private readonly string _directory = Directory.CreateTempSubdirectory("socket-").FullName;

    private string Path => System.IO.Path.Combine(_directory, "credentials.sock");

    [Fact]
    public async Task It_serves_the_same_contract_to_the_same_token()
    {
        await using var sidecar = await StartAsync();

        Assert.Contains("AccessKeyId", await AskAsync(), StringComparison.Ordinal);
        Assert.Contains("AccessKeyId", await AskAsync(host: "localhost"), StringComparison.Ordinal);
        Assert.Contains("AccessKeyId", await AskAsync(host: "[::1]:19170"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 401 ", await AskAsync(token: "wrong"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 403 ", await AskAsync(host: "attacker.example:9170"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 404 ", await AskAsync("/status"), StringComparison.Ordinal);
        Assert.Contains("\"code\":\"InvalidRequest\"", await RawHttp.AskAsync(new UnixDomainSocketEndPoint(Path), "nonsense\r\n\r\n"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_peer_is_named_in_log_and_audit()
    {
        await using var sidecar = await StartAsync();
        await AskAsync();
        await AskAsync(token: "wrong");

        await Eventually.HoldsAsync(() => sidecar.Logs.Lines.Any(line =>
            line.Text.StartsWith("Served reports to default at the Unix socket:", StringComparison.Ordinal)),
            () => string.Join('\n', sidecar.Logs.Lines.Select(line => line.Text)));
        Assert.Single(sidecar.Logs.Lines, line => line.Event.Id == 400
            && line.Text.StartsWith("Answered 401 Unauthorized to the Unix socket for reports:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_client_is_identified_by_the_uid_that_connected()
    {
        var own = Libc.EffectiveUid();
        await using var sidecar = await StartAsync(
            ("SIDECAR_Access__Clients__mine__Uids__0", $"{own}"), ("SIDECAR_Access__Clients__mine__Destinations__0", "reports"));

        Assert.Contains("AccessKeyId", await AskAsync(token: ""), StringComparison.Ordinal);

        Assert.SkipUnless(Environment.IsPrivilegedProcess && File.Exists("/usr/bin/setpriv"), "Another user takes root and setpriv.");
        File.SetUnixFileMode(_directory, (UnixFileMode)0b111_101_101);
        var (code, output, error) = await ChildProcess.RunAsync("setpriv",
            ["--reuid", OtherUser, "--clear-groups", "curl", "-sS", "--unix-socket", Path, "http://localhost/v1/credentials/reports"],
            CleanEnvironment.With());
        Assert.True(code == 0, error);
        Assert.Contains($"its uid {OtherUser} is not the uid of a client", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everyone_who_mounts_the_directory_may_connect_whatever_the_umask_is()
    {
        await using (await StartAsync())
        {
            Assert.Equal(SocketFile.Everyone, File.GetUnixFileMode(Path));
            Assert.Equal(["control.sock", "credentials.sock", "token"],
                Directory.GetFileSystemEntries(_directory).Select(System.IO.Path.GetFileName).Order());
        }

        Assert.False(File.Exists(Path), "a clean end removes the socket");
    }

    [Fact]
    public async Task Each_client_has_one_in_its_own_directory()
    {
        var other = Directory.CreateTempSubdirectory("socket-").FullName;
        await using var sidecar = await StartAsync(
            ("SIDECAR_Access__Clients__a__SharedDirectory", other), ("SIDECAR_Access__Clients__a__Destinations__0", "reports"));

        var token = await File.ReadAllTextAsync(System.IO.Path.Combine(other, "token"), TestContext.Current.CancellationToken);
        var socket = new UnixDomainSocketEndPoint(System.IO.Path.Combine(other, "credentials.sock"));
        var answer = await RawHttp.AskAsync(socket, Request("/v1/credentials", "127.0.0.1", token));
        Assert.Contains("AccessKeyId", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_lies_in_its_place_is_replaced()
    {
        var elsewhere = System.IO.Path.Combine(Directory.CreateTempSubdirectory("elsewhere-").FullName, "file");
        await File.WriteAllTextAsync(elsewhere, "mine", TestContext.Current.CancellationToken);

        Action[] places = [() => File.CreateSymbolicLink(Path, elsewhere), () => File.WriteAllText(Path, "squatted"), Leave];

        foreach (var place in places)
        {
            place();
            await using var sidecar = await StartAsync();
            Assert.Contains("AccessKeyId", await AskAsync(), StringComparison.Ordinal);
        }

        Assert.Equal("mine", await File.ReadAllTextAsync(elsewhere, TestContext.Current.CancellationToken));

        void Leave()
        {
            using var killed = SocketFile.Open(Path, SocketFile.Everyone, 16);
        }
    }

    [Fact]
    public async Task A_socket_on_which_another_user_listens_is_replaced()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && File.Exists("/usr/bin/setpriv") && File.Exists("/usr/bin/python3"),
            "Another user takes root, setpriv and /usr/bin/python3.");
        File.SetUnixFileMode(_directory, (UnixFileMode)0b111_111_111);
        await using var squatter = ChildProcess.Start("setpriv", ["--reuid", OtherUser, "--clear-groups", "/usr/bin/python3", "-c",
            $"import socket, time\ns = socket.socket(socket.AF_UNIX)\ns.bind({Quoted(Path)})\ns.listen()\nprint('ready', flush=True)\n"
            + "time.sleep(600)"], CleanEnvironment.With());
        await squatter.LineAsync(line => line == "ready");

        await using var sidecar = await StartAsync();
        Assert.Contains("AccessKeyId", await AskAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_sidecar_in_the_directory_ends_the_start()
    {
        await using var sidecar = await StartAsync();
        var failed = await Assert.ThrowsAsync<ListenException>(() => StartAsync());

        Assert.Equal(
            $"The sidecar cannot open the socket {Path}: another sidecar answers there; give each sidecar a directory of its own. "
            + "It is in a shared directory, because SIDECAR_Listen__Socket is true.",
            PortUnavailable.Describe(failed, Load(), null));
        Assert.Contains("AccessKeyId", await AskAsync(), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static string Quoted(string text) => $"'{text}'";

    private static string Request(string path, string host, string token) =>
        $"GET {path} HTTP/1.1\r\nHost: {host}\r\n{(token.Length > 0 ? $"Authorization: {token}\r\n" : "")}Connection: close\r\n\r\n";

    private Task<string> AskAsync(string path = "/v1/credentials/reports", string host = "127.0.0.1:9170", string token = Settings.Token) =>
        RawHttp.AskAsync(new UnixDomainSocketEndPoint(Path), Request(path, host, token));

    private (string, string?)[] Variables => [("SIDECAR_SHARED_DIR", _directory), ("SIDECAR_Listen__Socket", "true")];

    private CredentialSidecar.Configuration.Settings.SidecarSettings Load() => Settings.Load(Variables);

    private async Task<SidecarFixture> StartAsync(params (string, string?)[] changes)
    {
        var sidecar = await SidecarFixture.StartAsync(null, [.. Variables, .. changes]);
        await sidecar.SettleAsync();
        return sidecar;
    }
}
