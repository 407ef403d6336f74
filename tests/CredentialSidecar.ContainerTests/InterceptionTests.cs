namespace CredentialSidecar.ContainerTests;

/// <summary>A task in a network with an ECS agent at 169.254.170.2, whose applications have nothing but what ECS sets.</summary>
public sealed class InterceptionTests : IAsyncLifetime
{
    private const string Network = "cst-agent";

    private static readonly string[] Identity = ["aws", "sts", "get-caller-identity", "--endpoint-url", "http://169.254.170.2:51680"];

    private EmulatedTask _agent = null!;
    private EmulatedTask _task = null!;

    public async ValueTask InitializeAsync()
    {
        await Images.RequireAsync();
        await Engine.TryAsync("network", "rm", Network);
        await Engine.DoAsync("network", "create", "--internal", "--subnet", "169.254.170.0/24", Network);

        // The emulator listens on loopback, as the agent does; the agent's own rule brings the address there.
        _agent = await EmulatedTask.StartAsync(
            "--network", Network, "--ip", "169.254.170.2", "--sysctl", "net.ipv4.conf.all.route_localnet=1");
        await _agent.RunAsync("emulator", _agent.Joined, Images.Emulator, EmulatedTask.EmulatorWords);
        await Engine.DoAsync(
            ["run", "--rm", .. _agent.Joined, "--cap-add", "NET_ADMIN", Images.Client, "nft",
            "table ip agent { chain in { type nat hook prerouting priority dstnat; " +
            "ip daddr 169.254.170.2 tcp dport 80 dnat to 127.0.0.1:51679; " +
            "ip daddr 169.254.170.2 tcp dport 51680 dnat to 127.0.0.1:51680; }; }"]);
        _task = await EmulatedTask.StartAsync("--network", Network, "--ip", "169.254.170.3");
    }

    public async ValueTask DisposeAsync()
    {
        await (_task?.DisposeAsync() ?? default);
        await (_agent?.DisposeAsync() ?? default);
        await Engine.TryAsync("network", "rm", Network);
    }

    [Fact]
    public async Task The_init_image_puts_it_up_and_each_user_is_who_it_should_be()
    {
        string[] init = ["run", "--rm", .. _task.Hardened, "--cap-add", "NET_ADMIN", Images.Init, "intercept"];
        string[] rules = ["--uid", "1000=default", "--guard", "--block-imds"];
        var up = await Engine.TryAsync([.. init, "up", .. rules]);
        Assert.True(up.Code == 0, up.ToString());
        var status = await Engine.TryAsync([.. init, "status", .. rules]);
        Assert.True(status.Code == 0, status.ToString());
        await _task.StartSidecarAsync(EmulatedTask.Variables(
            "SIDECAR_Interception__Uids__1000=default",
            "SIDECAR_Interception__Guard=true",
            "SIDECAR_SOURCE_ENDPOINT=http://169.254.170.2",
            "ECS_CONTAINER_METADATA_URI_V4=http://169.254.170.2/v4/test",
            "AWS_ENDPOINT_URL_STS=http://169.254.170.2:51680"));

        Assert.Contains(EmulatedTask.Destination, await IdentityOfAsync("1000"), StringComparison.Ordinal);
        Assert.Contains(EmulatedTask.Source, await IdentityOfAsync("1001"), StringComparison.Ordinal);
        Assert.Contains(EmulatedTask.Source, await IdentityOfAsync("0"), StringComparison.Ordinal);

        async Task<string> IdentityOfAsync(string user) => (await _task.AppAsync(["--user", user], Identity)).Succeeded();
    }

    [Fact]
    public async Task Without_NET_ADMIN_the_init_image_says_what_is_missing()
    {
        var up = await Engine.TryAsync(["run", "--rm", .. _task.Hardened, Images.Init, "intercept", "up", "--uid", "1000=default"]);

        Assert.Equal(69, up.Code);
        Assert.Contains("the container needs root and the capability NET_ADMIN", up.All, StringComparison.Ordinal);
    }
}
