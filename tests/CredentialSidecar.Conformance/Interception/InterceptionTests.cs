using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Interception;

/// <summary>With interception up: who is who, and what still works.</summary>
public sealed class InterceptionTests(InterceptedTask task) : IClassFixture<InterceptedTask>, IAsyncLifetime
{
    private const string Reports = "arn:aws:sts::555566667777:assumed-role/reports/orders-1";
    private const string Reader = "arn:aws:sts::555566667777:assumed-role/reader/orders-2";
    private const string TaskRole = "arn:aws:sts::111122223333:assumed-role/orders-task/*";

    public async ValueTask InitializeAsync() => await task.StartAsync();

    // Whatever a test left: both tools' rules go, whichever is hidden.
    public async ValueTask DisposeAsync()
    {
        if (task.Network is not null)
        {
            await task.InterceptAsync("down");
        }
    }

    [Theory]
    [InlineData("nft", 1000, Reports)]
    [InlineData("nft", 1001, Reader)]
    [InlineData("nft", 2000, TaskRole)]
    [InlineData("nft", 0, TaskRole)]
    [InlineData("iptables", 1000, Reports)]
    [InlineData("iptables", 1001, Reader)]
    [InlineData("iptables", 2000, TaskRole)]
    [InlineData("iptables", 0, TaskRole)]
    public async Task Boto3_becomes_what_its_uid_says_and_is_told_nothing_but_RELATIVE_URI(string tool, int uid, string arn)
    {
        await Installed.Boto3Async();
        await UpAsync(tool);
        AssertIs(arn, await task.RunAsync(uid, "python3", Programs.PathOf("Clients/boto3_identity.py"), "1"));
    }

    [Theory]
    [InlineData(1000, Reports)]
    [InlineData(1001, Reader)]
    [InlineData(2000, TaskRole)]
    [InlineData(0, TaskRole)]
    public async Task The_AWS_CLI_becomes_what_its_uid_says(int uid, string arn)
    {
        await Installed.AwsCliAsync();
        await UpAsync("nft");
        string[] aws = ["aws", "--output", "json", "--endpoint-url", InterceptedTask.Sts, "sts", "get-caller-identity"];
        AssertIs(arn, await task.RunAsync(uid, aws));
    }

    [Theory]
    [InlineData("nft")]
    [InlineData("iptables")]
    public async Task Task_metadata_and_a_PUT_to_task_protection_reach_the_agent_whoever_asks(string tool)
    {
        await UpAsync(tool);

        foreach (var uid in new[] { 1000, 1001, 2000, 0 })
        {
            var metadata = await task.CurlAsync(uid, $"{task.Metadata}/task");
            Assert.Contains("\"TaskARN\":\"arn:aws:ecs:eu-central-1:111122223333:task/", metadata, StringComparison.Ordinal);
            Assert.Contains("\"ProtectionEnabled\":true", await PutAsync(uid, "true"), StringComparison.Ordinal);
            Assert.Contains("\"ProtectionEnabled\":true", await task.CurlAsync(uid, task.TaskProtection), StringComparison.Ordinal);
            Assert.Contains("\"ProtectionEnabled\":false", await PutAsync(uid, "false"), StringComparison.Ordinal);
            Assert.Contains("HTTP/1.1 400 ", await task.CurlAsync(uid, "/v2/credentials/unknown"), StringComparison.Ordinal);

            // The agent does not look at the method there, and says so of the id.
            Assert.Contains("HTTP/1.1 400 ", await task.CurlAsync(uid, "/v3/unknown/task", "-X", "DELETE"), StringComparison.Ordinal);
            Assert.Contains("HTTP/1.1 404 ", await task.CurlAsync(uid, "/unknown", "-X", "DELETE"), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("nft")]
    [InlineData("iptables")]
    public async Task The_sidecar_itself_still_reads_the_task_role(string tool)
    {
        await UpAsync(tool);
        const string TaskRole = "\"RoleArn\":\"arn:aws:iam::111122223333:role/orders-task\"";
        Assert.Contains(TaskRole, await task.CurlAsync(9170, task.RelativeUri), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(2000)]
    [InlineData(0)]
    public async Task A_process_that_connects_to_the_port_directly_gets_403_and_nothing_else(int uid)
    {
        await UpAsync("nft");

        foreach (var path in new[] { task.RelativeUri, $"{task.Metadata}/task", "/v1/credentials/reports" })
        {
            string[] headers = ["-H", "Host: 169.254.170.2", "-H", $"Authorization: {InterceptedTask.Token}"];
            AssertRefused(await task.CurlAsync(uid, $"http://127.0.0.1:9172{path}", headers));
        }
    }

    [Fact]
    public async Task One_that_forges_Host_or_headers_gets_nothing_by_it()
    {
        await UpAsync("nft");
        string[] forged =
        [
            "-H", "X-Forwarded-For: 169.254.172.2", "-H", "X-Real-IP: 169.254.170.2",
            "-H", "X-Uid: 1000", "-H", "Forwarded: for=169.254.170.2",
        ];

        AssertRefused(await task.CurlAsync(1000, task.RelativeUri, "-H", "Host: evil.example.com"));
        AssertRefused(await task.CurlAsync(1000, task.RelativeUri, "-H", "Host: 127.0.0.1"));
        AssertRefused(await task.CurlAsync(2000, $"http://127.0.0.1:9172{task.RelativeUri}", [.. forged, "-H", "Host: 169.254.170.2"]));
        Assert.Contains("RequestNotAllowed", await task.CurlAsync(1001, task.RelativeUri, forged), StringComparison.Ordinal);
        var answer = await task.CurlAsync(1001, task.RelativeUri, "-H", "X-Uid: 1000");
        Assert.Contains("role/team/audit/reader\"", answer, StringComparison.Ordinal);
        Assert.Contains("role/orders-task\"", await task.CurlAsync(2000, task.RelativeUri, forged), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v2%2Fcredentials/")]
    [InlineData("//v2/credentials/")]
    [InlineData("/v4/../v2/credentials/")]
    [InlineData("/v1/credentials?id=")]
    public async Task No_spelling_of_the_path_brings_an_intercepted_uid_the_task_role(string path)
    {
        await UpAsync("nft");
        var id = task.RelativeUri["/v2/credentials/".Length..];

        foreach (var method in new[] { "GET", "POST", "PUT" })
        {
            var answer = await task.CurlAsync(1000, path + id, "-X", method);
            Assert.Contains("555566667777:role/reports\"", answer, StringComparison.Ordinal);
            Assert.DoesNotContain("orders-task", answer, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task After_down_everybody_is_the_task_role_again()
    {
        await UpAsync("nft");
        Assert.Contains("role/reports\"", await task.CurlAsync(1000, task.RelativeUri), StringComparison.Ordinal);

        Assert.Equal(0, (await task.InterceptAsync("down")).Code);
        Assert.Contains("role/orders-task\"", await task.CurlAsync(1000, task.RelativeUri), StringComparison.Ordinal);
    }

    private static void AssertIs(string arn, ChildProcess.Ended ended)
    {
        Assert.True(ended.Code == 0, ended.ToString());
        var identity = JsonNode.Parse(ended.Output)!;
        var pattern = Regex.Escape(arn).Replace(@"\*", "[0-9a-f]{32}", StringComparison.Ordinal);
        Assert.Matches($"^{pattern}$", identity["Arn"]!.GetValue<string>());
        Assert.Equal(arn.Split(':')[4], identity["Account"]!.GetValue<string>());
    }

    private static void AssertRefused(string answer)
    {
        Assert.StartsWith("HTTP/1.1 403 ", answer, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"NotIntercepted\"", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("AccessKeyId", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("TaskARN", answer, StringComparison.Ordinal);
    }

    private async Task UpAsync(string tool)
    {
        var ended = await task.InterceptAsync("up", tool);
        Assert.True(ended.Code == 0, ended.ToString());
        Assert.Contains($"is up by {tool}:", ended.Output, StringComparison.Ordinal);
    }

    private Task<string> PutAsync(int uid, string enabled) =>
        task.CurlAsync(
            uid, task.TaskProtection,
            "-X", "PUT", "-H", "Content-Type: application/json", "-d", $$"""{"ProtectionEnabled":{{enabled}}}""");
}
