using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using CredentialSidecar.Emulator;
using CredentialSidecar.Emulator.Worlds;
using Xunit;

namespace CredentialSidecar.Tests.Emulator;

/// <summary>The reader that matters: the AWS SDK, which signs by the real clock.</summary>
public sealed class SdkTests : IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private EmulatorServer _server = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _server = await EmulatorServer.StartAsync(new EmulatorOptions(), TimeProvider.System, Cancelled);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task The_sdk_walks_two_hops_with_everything_a_hop_can_take()
    {
        var task = Keys.FromAgent(await _http.GetStringAsync(_server.CredentialsUri, Cancelled));
        using var first = Connect(new SessionAWSCredentials(task.AccessKeyId, task.SecretAccessKey, task.Token));
        var reports = await first.AssumeRoleAsync(
            new AssumeRoleRequest
            {
                RoleArn = DefaultWorld.Reports,
                RoleSessionName = "orders@1",
                ExternalId = DefaultWorld.ExternalId,
                SourceIdentity = "alice",
                DurationSeconds = 900,
                Policy = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:*","Resource":"*"}]}""",
                Tags = [new Tag { Key = "cost center", Value = "é +/=" }],
                TransitiveTagKeys = ["cost center"],
            },
            Cancelled);
        using var second = Connect(reports.Credentials);
        var reader = await second.AssumeRoleAsync(
            new AssumeRoleRequest { RoleArn = DefaultWorld.Reader, RoleSessionName = "orders-2" }, Cancelled);
        using var third = Connect(reader.Credentials);
        var identity = await third.GetCallerIdentityAsync(new GetCallerIdentityRequest(), Cancelled);

        Assert.Equal("arn:aws:sts::555566667777:assumed-role/reader/orders-2", identity.Arn);
        Assert.Equal("alice", reader.SourceIdentity);
        Assert.Equal(new SessionTag("cost center", "é +/=", Transitive: true), Assert.Single(_server.Calls.Sts[0].Tags!));
    }

    [Fact]
    public async Task The_sdk_understands_a_refusal()
    {
        using var developer = Connect(new BasicAWSCredentials(DefaultWorld.AccessKeyId, DefaultWorld.SecretAccessKey));

        var refusal = await Assert.ThrowsAsync<AmazonSecurityTokenServiceException>(() => developer.AssumeRoleAsync(
            new AssumeRoleRequest { RoleArn = DefaultWorld.Reports, RoleSessionName = "orders-1" }, Cancelled));

        Assert.Equal(("AccessDenied", 403), (refusal.ErrorCode, (int)refusal.StatusCode));
        Assert.Equal(DefaultWorld.Developer, _server.Calls.Sts.Single().CallerArn);
        Assert.Matches("^[0-9a-f-]{36}$", refusal.RequestId);
    }

    [Fact]
    public async Task The_sdk_knows_the_modelled_errors_by_type()
    {
        using var developer = Connect(new BasicAWSCredentials(DefaultWorld.AccessKeyId, DefaultWorld.SecretAccessKey));
        _server.World = _server.World with { DisabledRegions = ["eu-central-1"] };

        await Assert.ThrowsAsync<RegionDisabledException>(() => developer.AssumeRoleAsync(
            new AssumeRoleRequest { RoleArn = DefaultWorld.TaskRole, RoleSessionName = "orders-1" }, Cancelled));
    }

    private AmazonSecurityTokenServiceClient Connect(AWSCredentials credentials) => new(credentials, new AmazonSecurityTokenServiceConfig
    {
        ServiceURL = _server.StsEndpoint.ToString(),
        AuthenticationRegion = "eu-central-1",
        MaxErrorRetry = 0,
    });
}
