using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using CredentialSidecar.Testing;

namespace CredentialSidecar.Conformance.Compatibility;

/// <summary>Shows why the SDK for .NET cannot write reliably where sessions are replaced every few seconds.</summary>
/// <remarks>If this test fails, a later version of the SDK behaves better.</remarks>
public sealed partial class TornCallTests
{
    [Theory]
    [InlineData(10, true)]
    [InlineData(3600, false)]
    public async Task With_less_than_a_minute_left_it_signs_with_one_sessions_key_and_sends_the_next_ones_token(
        int secondsLeft, bool isTorn)
    {
        var heads = new ConcurrentQueue<string>();
        await using var server = RawServer.Custom((head, stream, stop) =>
        {
            heads.Enqueue(head);
            const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            return stream.WriteAsync(Encoding.ASCII.GetBytes(Ok), stop).AsTask();
        });
        using var credentials = new Numbered(TimeSpan.FromSeconds(secondsLeft));
        using var s3 = new AmazonS3Client(credentials, new AmazonS3Config
        {
            ServiceURL = server.Uri.AbsoluteUri,
            AuthenticationRegion = "eu-central-1",
            ForcePathStyle = true,
            MaxErrorRetry = 0,
        });

        await s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = "ledger" }, TestContext.Current.CancellationToken);

        var head = Assert.Single(heads);
        Assert.Equal(isTorn, Key().Match(head).Groups[1].Value != Token().Match(head).Groups[1].Value);
    }

    [GeneratedRegex("Credential=ASIA([0-9]+)/")]
    private static partial Regex Key();

    [GeneratedRegex("X-Amz-Security-Token: token([0-9]+)\r", RegexOptions.IgnoreCase)]
    private static partial Regex Token();

    // As its provider for containers is, with an endpoint that has another session for each GET.
    private sealed class Numbered(TimeSpan left) : RefreshingAWSCredentials
    {
        private int _number;

        protected override CredentialsRefreshState GenerateNewCredentials() =>
            new(new ImmutableCredentials($"ASIA{++_number}", "secret", $"token{_number}"), DateTime.UtcNow + left);

        protected override Task<CredentialsRefreshState> GenerateNewCredentialsAsync() => Task.FromResult(GenerateNewCredentials());
    }
}
