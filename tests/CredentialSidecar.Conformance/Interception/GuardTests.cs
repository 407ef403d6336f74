using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Interception;

/// <summary>With <c>intercept up --guard</c>, who takes the sidecar's port gets no token and hands out no keys.</summary>
public sealed class GuardTests : IAsyncLifetime
{
    private const int TimedOut = 28, Refused = 7;

    private NetworkNamespace _network = null!;

    public async ValueTask InitializeAsync()
    {
        await NetworkNamespace.SkipUnlessPossibleAsync();
        await Installed.CommandAsync("python3 is not installed", "python3", "--version");
        _network = await NetworkNamespace.CreateAsync("guard");
    }

    public ValueTask DisposeAsync() => _network?.DisposeAsync() ?? default;

    [Theory]
    [InlineData("nft", 9170, "127.0.0.1", "plain")]
    [InlineData("nft", 9170, "127.0.0.1", "cookies")]
    [InlineData("nft", 9170, "::1", "plain")]
    [InlineData("nft", 9170, "::1", "cookies")]
    [InlineData("nft", 9171, "127.0.0.1", "plain")]
    [InlineData("nft", 9172, "127.0.0.1", "plain")]
    [InlineData("iptables", 9170, "127.0.0.1", "plain")]
    [InlineData("iptables", 9170, "127.0.0.1", "cookies")]
    [InlineData("iptables", 9170, "::1", "plain")]
    [InlineData("iptables", 9170, "::1", "cookies")]
    [InlineData("iptables", 9172, "127.0.0.1", "plain")]
    public async Task A_squatter_on_a_guarded_port_reads_nothing_and_answers_nobody(string tool, int port, string address, string how)
    {
        await UpAsync(tool, "--uid", "1000=reports");
        await using var squatter = await SquatAsync(2000, port, address, how);

        var asked = await AskAsync(port, address);

        Assert.Equal((TimedOut, ""), (asked.Code, asked.Output));
        Assert.DoesNotContain(squatter.Output, line => line.StartsWith("read", StringComparison.Ordinal));

        // The same one, without the guard.
        Assert.Equal(0, (await InterceptAsync(tool, "down")).Code);
        Assert.Equal("fake", (await AskAsync(port, address, seconds: 10)).Output);
        var read = await squatter.LineAsync(line => line.StartsWith("read", StringComparison.Ordinal));
        Assert.Contains("SECRET", read, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nft", 9170, "127.0.0.1")]
    [InlineData("nft", 9170, "::1")]
    [InlineData("iptables", 9170, "127.0.0.1")]
    [InlineData("iptables", 9170, "::1")]
    public async Task The_sidecars_uid_answers_and_a_port_without_a_listener_refuses_at_once(string tool, int port, string address)
    {
        await UpAsync(tool);
        Assert.Equal(Refused, (await AskAsync(port, address)).Code);

        await using var own = await SquatAsync(9170, port, address, "plain");
        Assert.Equal("fake", (await AskAsync(port, address, seconds: 10)).Output);
    }

    [Theory]
    [InlineData("nft")]
    [InlineData("iptables")]
    public async Task Other_ports_are_nobodys_business(string tool)
    {
        await UpAsync(tool);
        await using var application = await SquatAsync(2000, 8080, "127.0.0.1", "plain");
        Assert.Equal("fake", (await AskAsync(8080, "127.0.0.1", seconds: 10)).Output);
    }

    [Theory]
    [InlineData("nft")]
    [InlineData("iptables")]
    public async Task After_a_crash_who_takes_the_port_harvests_no_token(string tool)
    {
        await UpAsync(tool);
        await using var sidecar = Serve(9170, ("SIDECAR_Interception__Guard", "true"));
        await sidecar.LineAsync(line => line.Contains("\"EventId\":100,", StringComparison.Ordinal));
        Assert.Equal("401", await StatusAsync("http://127.0.0.1:9170/v1/credentials"));
        Assert.Equal("200", await StatusAsync("http://127.0.0.1:9171/livez"));

        sidecar.Signal(9);
        await sidecar.ExitAsync();
        await using var squatter = await SquatAsync(2000, 9170, "127.0.0.1", "plain");

        Assert.Equal(TimedOut, (await AskAsync(9170, "127.0.0.1")).Code);
        Assert.DoesNotContain(squatter.Output, line => line.StartsWith("read", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Guard")]
    [InlineData("BlockImds")]
    public async Task A_sidecar_that_its_own_guard_would_shut_out_does_not_start(string setting)
    {
        var ended = await Serve(9999, ($"SIDECAR_Interception__{setting}", "true")).EndAsync();

        Assert.Equal(78, ended.Code);
        Assert.Contains(
            $"Interception__SidecarUid is 9170, but the sidecar runs as uid 9999, which Interception:{setting} blocks; " +
            "run the sidecar as uid 9170, or set 9999 here and for intercept up",
            ended.Errors,
            StringComparison.Ordinal);
    }

    private Task<string> StatusAsync(string uri) =>
        _network.DoAsync("curl", "-s", "-m", "10", "-o", "/dev/null", "-w", "%{http_code}", uri);

    private ChildProcess Serve(int uid, params (string Name, string? Value)[] settings) => _network.Start(
        ["setpriv", $"--reuid={uid}", "--clear-groups", "--bounding-set=-all", Programs.Sidecar],
        [
            ("SIDECAR_ROLE_ARN", "arn:aws:iam::555566667777:role/reports"),
            ("SIDECAR_TOKEN", InterceptedTask.Token),
            ("AWS_REGION", "eu-central-1"),
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/x"),
            ("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9"),
            ("SIDECAR_SOURCE_ENDPOINT", "http://127.0.0.1:9"),
            .. settings,
        ]);

    private async Task UpAsync(string tool, params string[] more)
    {
        var up = await InterceptAsync(tool, ["up", "--guard", .. more]);
        Assert.True(up.Code == 0, up.ToString());
        Assert.Contains("guard: only uid 9170 answers on ports 9170, 9171", up.Output, StringComparison.Ordinal);
    }

    private Task<ChildProcess.Ended> InterceptAsync(string tool, params string[] words) =>
        _network.RunAsync([.. InterceptedTask.By(tool), Programs.Sidecar, "intercept", .. words]);

    private async Task<ChildProcess> SquatAsync(int uid, int port, string address, string how)
    {
        string[] user = [$"--reuid={uid}", "--clear-groups", "--inh-caps=+dac_override", "--ambient-caps=+dac_override"];
        string[] words = ["python3", Programs.PathOf("Interception/squatter.py"), $"{port}", address, how];
        var squatter = _network.Start(["setpriv", .. user, .. words]);
        await squatter.LineAsync(line => line == "listens");
        return squatter;
    }

    private Task<ChildProcess.Ended> AskAsync(int port, string address, int seconds = 2)
    {
        var host = address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;
        string[] curl = ["curl", "-s", "-m", $"{seconds}", "-H", "Authorization: SECRET", $"http://{host}:{port}/v1/credentials"];
        return _network.RunAsync([.. InterceptedTask.As(1001), .. curl]);
    }
}
