using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Interception;

/// <summary>169.254.170.2 on loopback, where no agent is: compose, or a pause container.</summary>
public sealed class LinkLocalTests : IAsyncLifetime
{
    private static readonly (string, string?)[] Serving =
    [
        ("SIDECAR_ROLE_ARN", "arn:aws:iam::555566667777:role/reports"),
        ("SIDECAR_TOKEN", InterceptedTask.Token),
        ("AWS_REGION", "eu-central-1"),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/"),
        ("SIDECAR_Listen__Addresses__0", "169.254.170.2"),
        ("SIDECAR_Networking__LinkLocalAddress", "169.254.170.2"),
    ];

    private NetworkNamespace _network = null!;

    public async ValueTask InitializeAsync()
    {
        await NetworkNamespace.SkipUnlessPossibleAsync();
        _network = await NetworkNamespace.CreateAsync("link");
    }

    public ValueTask DisposeAsync() => _network?.DisposeAsync() ?? default;

    [Fact]
    public async Task Serve_puts_it_on_loopback_and_answers_there()
    {
        await using var sidecar = _network.Start([Programs.Sidecar], Serving);
        await sidecar.LineAsync(line => line.Contains("\"EventId\":100,", StringComparison.Ordinal));

        Assert.Contains("169.254.170.2/32 scope host", await AddressesAsync(), StringComparison.Ordinal);
        await AssertAnswersAsync();
    }

    [Fact]
    public async Task Serve_without_NET_ADMIN_finds_what_intercept_up_put_there_and_down_takes_it_away()
    {
        var before = await AddressesAsync();
        Assert.Equal(0, (await InterceptAsync("up")).Code);
        Assert.Equal(0, (await InterceptAsync("up")).Code);
        var sidecar = _network.Start([.. InterceptedTask.As(9170), Programs.Sidecar], Serving);

        await using (sidecar)
        {
            await sidecar.LineAsync(line => line.Contains("\"EventId\":100,", StringComparison.Ordinal));
            await AssertAnswersAsync();
        }

        Assert.Equal(0, (await InterceptAsync("down")).Code);
        Assert.Equal(before, await AddressesAsync());
    }

    [Fact]
    public async Task The_address_of_IPv6_is_put_there_and_taken_away_and_somebody_elses_stays()
    {
        var before = await _network.DoAsync("ip", "-6", "addr", "show", "dev", "lo");
        Assert.Equal("Added fd00:ec2::23 to loopback.", (await InterceptSixAsync("up")).Output);
        Assert.Contains("inet6 fd00:ec2::23/", await _network.DoAsync("ip", "-6", "addr", "show", "dev", "lo"), StringComparison.Ordinal);
        Assert.Equal("Loopback already has fd00:ec2::23.", (await InterceptSixAsync("up")).Output);
        Assert.Equal(0, (await InterceptSixAsync("down")).Code);
        Assert.Equal(before, await _network.DoAsync("ip", "-6", "addr", "show", "dev", "lo"));

        await _network.DoAsync("ip", "-6", "addr", "add", "fd00:ec2::23/128", "dev", "lo");
        Assert.Equal(0, (await InterceptSixAsync("down")).Code);
        var addresses = await _network.DoAsync("ip", "-6", "addr", "show", "dev", "lo");
        Assert.Contains("inet6 fd00:ec2::23/128", addresses, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Down_leaves_an_address_that_somebody_else_put_there()
    {
        await _network.DoAsync("ip", "addr", "add", "169.254.170.2/32", "dev", "lo");
        var before = await AddressesAsync();

        Assert.Equal(0, (await InterceptAsync("up")).Code);
        Assert.Equal(0, (await InterceptAsync("down")).Code);
        Assert.Equal(before, await AddressesAsync());
    }

    [Theory]
    [InlineData("intercept up")]
    [InlineData("serve")]
    public async Task Without_NET_ADMIN_there_is_one_clear_sentence(string command)
    {
        var ended = await _network.RunAsync([.. InterceptedTask.As(9170), Programs.Sidecar, .. command.Split(' ')], Serving);

        Assert.Equal(69, ended.Code);
        Assert.Equal(
            "credential-sidecar: 169.254.170.2 cannot be added to loopback: Operation not permitted. " +
            "This needs root and the capability NET_ADMIN, which Fargate does not offer.",
            ended.Errors);
    }

    private Task<ChildProcess.Ended> InterceptAsync(string command) =>
        _network.RunAsync([Programs.Sidecar, "intercept", command], ("SIDECAR_Networking__LinkLocalAddress", "169.254.170.2"));

    private Task<ChildProcess.Ended> InterceptSixAsync(string command) =>
        _network.RunAsync([Programs.Sidecar, "intercept", command], ("SIDECAR_Networking__LinkLocalAddress", "fd00:ec2::23"));

    private Task<string> AddressesAsync() => _network.DoAsync("ip", "-4", "addr", "show", "dev", "lo");

    // The source is not there, so the right token is told to wait, and a wrong one is refused.
    private async Task AssertAnswersAsync()
    {
        string[] curl = ["curl", "-s", "-m", "20", "-o", "/dev/null", "-w", "%{http_code}", "http://169.254.170.2:9170/v1/credentials"];
        Assert.Equal("503", await _network.DoAsync([.. curl, "-H", $"Authorization: {InterceptedTask.Token}"]));
        Assert.Equal("401", await _network.DoAsync(curl));
    }
}
