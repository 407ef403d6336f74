using System.Diagnostics;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Radosgw;

/// <summary>The S3 client for .NET, which writes and reads again for a while and never tries anything twice.</summary>
internal static class NetSdkWriter
{
    public const string Mode = "write-as-the-dotnet-sdk";

    public static Task<ChildProcess.Ended> RunAsync(IReadOnlyDictionary<string, string?> environment, string bucket, TimeSpan time) =>
        ChildProcess.RunAsync(Programs.Itself, [Mode, bucket, $"{time.TotalSeconds}"], environment, time + ChildProcess.Limit);

    /// <summary>For this server: buckets are in paths, and checksums only where the protocol asks for them.</summary>
    public static AmazonS3Config Config(string endpoint) => new()
    {
        ServiceURL = endpoint,
        AuthenticationRegion = "eu-central-1",
        ForcePathStyle = true,
        MaxErrorRetry = 0,
        RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
        ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
    };

    /// <summary>Runs in the child.</summary>
    public static async Task<int> RunAsync(string bucket, TimeSpan time)
    {
        using var s3 = new AmazonS3Client(Config(Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL_S3")!));
        try
        {
            await s3.PutBucketAsync(new PutBucketRequest { BucketName = bucket, UseClientRegion = false });
        }
        catch (AmazonServiceException e)
        {
            Console.Error.WriteLine($"The bucket was not made: {Answer(e)} {e}");
            return 1;
        }

        var (calls, failures, since) = (0, new List<string>(), Stopwatch.StartNew());

        while (since.Elapsed < time)
        {
            try
            {
                calls += 2;
                await s3.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = "last", ContentBody = $"{calls}" });
                using var read = await s3.GetObjectAsync(bucket, "last");
                using var text = new StreamReader(read.ResponseStream);
                failures.AddRange(await text.ReadToEndAsync() == $"{calls}" ? [] : ["read something else"]);
            }
            catch (Exception e)
            {
                failures.Add($"{DateTimeOffset.UtcNow:O}, after {since.Elapsed}: {Answer(e)} {e}");
            }

            await Task.Delay(100);
        }

        Console.WriteLine(JsonSerializer.Serialize(new { Calls = calls, Failures = failures }));
        return 0;
    }

    // This server sends no text with its errors, so the exception alone says nothing.
    public static string Answer(Exception e) =>
        e is AmazonServiceException service ? $"{(int)service.StatusCode} {service.ErrorCode} {service.RequestId}" : "";
}
