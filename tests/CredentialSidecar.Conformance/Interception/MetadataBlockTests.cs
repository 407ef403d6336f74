using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Interception;

/// <summary>With <c>intercept up --block-imds</c>, only root and the sidecar can reach instance metadata.</summary>
public sealed class MetadataBlockTests : IAsyncLifetime
{
    private const int Refused = 7;

    private NetworkNamespace _network = null!;
    private ChildProcess? _server;
    private ChildProcess? _server6;

    public async ValueTask InitializeAsync()
    {
        await NetworkNamespace.SkipUnlessPossibleAsync();
        await Installed.CommandAsync("python3 is not installed", "python3", "--version");
        _network = await NetworkNamespace.CreateAsync("imds");
        await _network.DoAsync("ip", "addr", "add", "169.254.169.254/32", "dev", "lo");
        await _network.DoAsync("ip", "-6", "addr", "add", "fd00:ec2::254/128", "dev", "lo", "nodad");
        (_server, _server6) = (Serve("169.254.169.254"), Serve("fd00:ec2::254"));
        await Task.WhenAll(_server.LineAsync(line => line == "listens"), _server6.LineAsync(line => line == "listens"));
    }

    public async ValueTask DisposeAsync()
    {
        await (_server?.DisposeAsync() ?? default);
        await (_server6?.DisposeAsync() ?? default);
        await (_network?.DisposeAsync() ?? default);
    }

    [Theory]
    [InlineData("nft")]
    [InlineData("iptables")]
    public async Task Instance_metadata_is_for_root_and_the_sidecar_and_others_are_told_at_once(string tool)
    {
        Assert.Equal((0, 0), (await AskAsync(1000, "169.254.169.254"), await AskAsync(1000, "[fd00:ec2::254]")));
        var up = await _network.RunAsync([.. InterceptedTask.By(tool), Programs.Sidecar, "intercept", "up", "--block-imds"]);
        Assert.True(up.Code == 0, up.ToString());
        Assert.Contains("block-imds: only root and uid 9170 reach instance metadata", up.Output, StringComparison.Ordinal);

        foreach (var address in (string[])["169.254.169.254", "[fd00:ec2::254]"])
        {
            Assert.Equal(
                (Refused, Refused, 0, 0),
                (await AskAsync(1000, address), await AskAsync(65534, address), await AskAsync(0, address), await AskAsync(9170, address)));
        }

        Assert.Equal(0, (await _network.RunAsync([.. InterceptedTask.By(tool), Programs.Sidecar, "intercept", "down"])).Code);
        Assert.Equal((0, 0), (await AskAsync(1000, "169.254.169.254"), await AskAsync(1000, "[fd00:ec2::254]")));
    }

    private ChildProcess Serve(string address) =>
        _network.Start(["python3", Programs.PathOf("Interception/squatter.py"), "80", address, "plain"]);

    private async Task<int> AskAsync(int uid, string address) =>
        (await _network.RunAsync([.. InterceptedTask.As(uid), "curl", "-s", "-m", "10", $"http://{address}/latest/api/token"])).Code;
}
