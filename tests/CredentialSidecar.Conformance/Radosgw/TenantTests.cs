using System.Text.Json.Nodes;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing;

namespace CredentialSidecar.Conformance.Radosgw;

/// <summary>What this server allows and refuses: trust across accounts, a chain over three of them, and the end of a session.</summary>
public sealed class TenantTests : IAsyncLifetime
{
    private const string Destinations = $$"""
        {
          "Destinations": {
            "hub": { "Hops": [{ "RoleArn": "{{Accounts.Hub}}" }] },
            "writer": { "Hops": [{ "RoleArn": "{{Accounts.Hub}}" }, { "RoleArn": "{{Accounts.Writer}}" }] },
            "closed": { "Lazy": true, "Hops": [{ "RoleArn": "{{Accounts.Closed}}" }] },
            "direct": { "Lazy": true, "Hops": [{ "RoleArn": "{{Accounts.Writer}}" }] }
          }
        }
        """;

    // Two calls to S3 take seconds where the machine is busy.
    private static readonly TimeSpan Brief = TimeSpan.FromSeconds(30);

    private Cluster? _cluster;
    private RawServer? _agent;
    private EmulatorProcess? _task;
    private SidecarProcess? _sidecar;

    public async ValueTask InitializeAsync()
    {
        _cluster = await Cluster.SharedAsync();
        _agent = await Accounts.AgentAsync(_cluster);
        _task = await EmulatorProcess.StartAsync();
        _sidecar = await SidecarProcess.StartAsync(_task,
            ("SIDECAR_CONFIG", Destinations), ("SIDECAR_SOURCE_ENDPOINT", _agent.Uri.GetLeftPart(UriPartial.Authority)),
            ("AWS_ENDPOINT_URL_STS", _cluster.Gateway.AbsoluteUri));
        await _sidecar.ReadyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await (_sidecar?.DisposeAsync() ?? default);
        }
        finally
        {
            await (_task?.DisposeAsync() ?? default);
            await (_agent?.DisposeAsync() ?? default);
        }
    }

    [Fact]
    public async Task A_chain_over_three_accounts_gives_what_its_last_role_may_and_its_first_one_less()
    {
        using var writer = S3(await ServedAsync("writer"));
        var cancelled = TestContext.Current.CancellationToken;
        await writer.PutBucketAsync(new PutBucketRequest { BucketName = "ledger", UseClientRegion = false }, cancelled);
        await writer.PutObjectAsync(new PutObjectRequest { BucketName = "ledger", Key = "page", ContentBody = "hello" }, cancelled);
        using var read = await writer.GetObjectAsync("ledger", "page", TestContext.Current.CancellationToken);
        using var text = new StreamReader(read.ResponseStream);
        Assert.Equal("hello", await text.ReadToEndAsync(TestContext.Current.CancellationToken));

        using var hub = S3(await ServedAsync("hub"));
        await AssertRefusedAsync(() => hub.PutBucketAsync(new PutBucketRequest { BucketName = "other", UseClientRegion = false }));
    }

    [Fact]
    public async Task A_role_that_trusts_somebody_else_is_refused_across_accounts()
    {
        foreach (var destination in (string[])["closed", "direct"])
        {
            // The first attempt takes longer than a GET waits where the machine is busy.
            await Eventually.HoldsAsync(
                async () => (await _sidecar!.GetAsync(destination)).Status != 503,
                () => $"{destination} was never tried");
            var (status, body) = await _sidecar!.GetAsync(destination);
            Assert.Equal((403, "AccessDenied"), (status, body["code"]!.GetValue<string>()));
        }
    }

    [Fact]
    public async Task A_session_is_taken_until_its_end_and_refused_after_it()
    {
        JsonNode body;
        await using (var sidecar = await BriefSidecar.StartAsync(_cluster!, _cluster!.Gateway, Brief, Brief * 0.9))
        {
            using var http = new HttpClient();
            http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", Settings.Token);
            body = JsonNode.Parse(await http.GetStringAsync(sidecar.Credentials, TestContext.Current.CancellationToken))!;
        }

        using var s3 = S3(body);
        var cancelled = TestContext.Current.CancellationToken;
        await s3.PutBucketAsync(new PutBucketRequest { BucketName = "ends", UseClientRegion = false }, cancelled);
        await s3.PutObjectAsync(new PutObjectRequest { BucketName = "ends", Key = "a", ContentBody = "b" }, cancelled);

        var left = body["Expiration"]!.GetValue<DateTimeOffset>() - DateTimeOffset.UtcNow;
        Assert.InRange(left, TimeSpan.Zero, Brief);
        await Task.Delay(left + TimeSpan.FromSeconds(1.5), TestContext.Current.CancellationToken);
        await AssertRefusedAsync(() => s3.PutObjectAsync(new PutObjectRequest { BucketName = "ends", Key = "a", ContentBody = "b" }));
    }

    private static async Task AssertRefusedAsync(Func<Task> call) =>
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, (await Assert.ThrowsAsync<AmazonS3Exception>(call)).StatusCode);

    private async Task<JsonNode> ServedAsync(string destination)
    {
        var (status, body) = await _sidecar!.GetAsync(destination);
        Assert.True(status == 200, $"{status} {body}");
        return body;
    }

    private AmazonS3Client S3(JsonNode session) => _cluster!.S3(
        new SessionAWSCredentials(
            session["AccessKeyId"]!.GetValue<string>(),
            session["SecretAccessKey"]!.GetValue<string>(),
            session["Token"]!.GetValue<string>()));
}
