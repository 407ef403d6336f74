using System.Text.Json;
using System.Text.Json.Nodes;
using Amazon.Runtime;
using Amazon.S3.Model;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing;

namespace CredentialSidecar.Conformance.Radosgw;

/// <summary>Three accounts (tenants, as Ceph has them): the task's, one with a role that it may assume, and one beyond that.</summary>
internal static class Accounts
{
    public const string Task = "arn:aws:iam::123456789012:role/task";
    public const string Hub = "arn:aws:iam::555566667777:role/hub";
    public const string Writer = "arn:aws:iam::777788889999:role/writer";

    /// <summary>Trusts somebody else.</summary>
    public const string Closed = "arn:aws:iam::555566667777:role/closed";

    private const string KeyId = "AKIATASKOWNER1234567";
    private const string Secret = "task-owner-secret-task-owner-secret-1234";

    private static readonly SemaphoreSlim Gate = new(1);
    private static string? _taskRole;

    /// <summary>An endpoint that hands out the task role as the ECS agent does: a real session of an hour.</summary>
    public static async Task<RawServer> AgentAsync(Cluster cluster)
    {
        await Gate.WaitAsync();

        try
        {
            return RawServer.Http(200, _taskRole ??= await LayAsync(cluster));
        }
        finally
        {
            Gate.Release();
        }
    }

    private static async Task<string> LayAsync(Cluster cluster)
    {
        await cluster.AdminAsync(
            "user", "create", "--tenant", "123456789012", "--uid", "owner", "--display-name", "owner",
            "--access-key", KeyId, "--secret-key", Secret);
        await RoleAsync(cluster, Task, "arn:aws:iam::123456789012:user/owner", "sts:AssumeRole");
        await RoleAsync(cluster, Hub, Task, "sts:AssumeRole");
        await RoleAsync(cluster, Closed, "arn:aws:iam::123456789012:user/nobody", "sts:AssumeRole");
        await RoleAsync(cluster, Writer, Hub, "s3:*");
        await MakePoolsAsync(cluster);

        using var sts = new AmazonSecurityTokenServiceClient(
            new BasicAWSCredentials(KeyId, Secret),
            new AmazonSecurityTokenServiceConfig { ServiceURL = cluster.Gateway.AbsoluteUri, AuthenticationRegion = "eu-central-1" });
        var session = await sts.AssumeRoleAsync(new AssumeRoleRequest { RoleArn = Task, RoleSessionName = "0123456789abcdef" });

        return new JsonObject
        {
            ["RoleArn"] = Task,
            ["AccessKeyId"] = session.Credentials.AccessKeyId,
            ["SecretAccessKey"] = session.Credentials.SecretAccessKey,
            ["Token"] = session.Credentials.SessionToken,
            ["Expiration"] = $"{session.Credentials.Expiration!.Value.ToUniversalTime():yyyy-MM-dd'T'HH:mm:ss'Z'}",
        }.ToJsonString();
    }

    // The first bucket and the first object make the pools that hold them, which takes seconds, on a busy machine longer than a brief
    // session lives; a second one meanwhile may be refused.
    private static async Task MakePoolsAsync(Cluster cluster)
    {
        using var s3 = cluster.S3(new BasicAWSCredentials(KeyId, Secret));
        var last = "";

        await Eventually.HoldsAsync(
            async () =>
            {
                try
                {
                    await s3.PutBucketAsync(new PutBucketRequest { BucketName = "first", UseClientRegion = false });
                    await s3.PutObjectAsync(new PutObjectRequest { BucketName = "first", Key = "object", ContentBody = "hello" });
                    return true;
                }
                catch (AmazonServiceException e)
                {
                    // This server sends no text with its errors.
                    last = $"{(int)e.StatusCode} {e.ErrorCode}";
                    return false;
                }
            },
            () => $"radosgw makes no bucket: {last}");
    }

    private static async Task RoleAsync(Cluster cluster, string role, string trusted, string action)
    {
        var (tenant, name) = (role.Split(':')[4], role.Split('/')[^1]);
        await cluster.AdminAsync("role", "create", "--tenant", tenant, "--role-name", name, "--path", "/", "--assume-role-policy-doc",
            Policy(new { Effect = "Allow", Principal = new { AWS = new[] { trusted } }, Action = new[] { "sts:AssumeRole" } }));
        await cluster.AdminAsync("role-policy", "put", "--tenant", tenant, "--role-name", name, "--policy-name", "own", "--policy-doc",
            Policy(new { Effect = "Allow", Action = new[] { action }, Resource = new[] { action == "s3:*" ? "arn:aws:s3:::*" : "*" } }));
    }

    // Without spaces: this server does not take them.
    private static string Policy(object statement) =>
        JsonSerializer.Serialize(new { Version = "2012-10-17", Statement = new[] { statement } });
}
