using System.Text.Json;
using CredentialSidecar.Emulator.Worlds;
using Xunit;

namespace CredentialSidecar.Tests.Emulator;

public sealed class TaskMetadataTests : EmulatorTest
{
    private protected override World CreateWorld() =>
        DefaultWorld.Create() with { Task = new TaskDescription("eu-west-1", "prod", "orders", "7", "EC2") };

    [Fact]
    public async Task The_task_page_tells_what_ecs_would()
    {
        using var page = JsonDocument.Parse(await Http.GetStringAsync(new Uri($"{Server.MetadataUri}/task"), Cancelled));
        var task = page.RootElement;

        Assert.Matches("^arn:aws:ecs:eu-west-1:111122223333:task/prod/[0-9a-f]{32}$", task.GetProperty("TaskARN").GetString());
        Assert.Equal("prod", task.GetProperty("Cluster").GetString());
        Assert.Equal("orders", task.GetProperty("Family").GetString());
        Assert.Equal("7", task.GetProperty("Revision").GetString());
        Assert.Equal("EC2", task.GetProperty("LaunchType").GetString());
        Assert.Equal("eu-west-1a", task.GetProperty("AvailabilityZone").GetString());
        Assert.Equal(1, task.GetProperty("Containers").GetArrayLength());
    }

    [Fact]
    public async Task The_container_page_has_the_runtimes_id_and_not_that_of_the_path()
    {
        using var page = JsonDocument.Parse(await Http.GetStringAsync(Server.MetadataUri, Cancelled));

        Assert.Matches("^[0-9a-f]{64}$", page.RootElement.GetProperty("DockerId").GetString());
        Assert.Equal("NORMAL", page.RootElement.GetProperty("Type").GetString());
    }

    [Theory]
    [InlineData("/task")]
    [InlineData("/taskWithTags")]
    [InlineData("/stats")]
    [InlineData("/task/stats")]
    [InlineData("/associations/elastic-inference")]
    [InlineData("/associations/elastic-inference/device.1:eu~west")]
    public async Task Versions_3_and_4_have_the_agents_routes(string path)
    {
        foreach (var version in (string[])["v3", "v4"])
        {
            var metadata = Server.MetadataUri.ToString().Replace("/v4/", $"/{version}/", StringComparison.Ordinal);
            using var page = await Http.GetAsync(new Uri(metadata + path), Cancelled);
            Assert.Equal((200, "application/json"), ((int)page.StatusCode, page.Content.Headers.ContentType?.ToString()));
        }
    }

    [Theory]
    [InlineData("/v2/metadata")]
    [InlineData("/v2/metadata/")]
    [InlineData("/v2/metadataWithTags")]
    [InlineData("/v2/stats")]
    public async Task Version_2_has_them_too(string path)
    {
        using var page = await Http.GetAsync(new Uri(Server.AgentEndpoint, path), Cancelled);
        Assert.Equal(200, (int)page.StatusCode);
    }

    [Fact]
    public async Task Fault_injection_is_there_and_not_enabled()
    {
        var start = new Uri(Server.AgentEndpoint, $"/api/{Server.MetadataUri.Segments[^1]}/fault/v1/network-latency/start");
        using var refused = await Http.PostAsync(start, new StringContent("{}"), Cancelled);
        using var wrong = await Http.GetAsync(start, Cancelled);

        Assert.Equal((400, 405), ((int)refused.StatusCode, (int)wrong.StatusCode));
        Assert.StartsWith(
            "{\"Error\":\"enableFaultInjection is not enabled for task: arn:aws:ecs:",
            await refused.Content.ReadAsStringAsync(Cancelled),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_container_is_not_found_in_a_string_of_JSON()
    {
        using var response = await Http.GetAsync(new Uri(Server.AgentEndpoint, "/v4/somebody-else/task"), Cancelled);

        Assert.Equal((404, "application/json"), ((int)response.StatusCode, response.Content.Headers.ContentType?.ToString()));
        Assert.StartsWith(
            "\"V4 task metadata handler: unable to get task",
            await response.Content.ReadAsStringAsync(Cancelled),
            StringComparison.Ordinal);
    }
}
