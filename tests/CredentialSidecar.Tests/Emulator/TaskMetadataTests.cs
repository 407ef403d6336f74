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
    public async Task The_container_page_names_its_own_id()
    {
        using var page = JsonDocument.Parse(await Http.GetStringAsync(Server.MetadataUri, Cancelled));

        Assert.Equal(Server.MetadataUri.Segments[^1], page.RootElement.GetProperty("DockerId").GetString());
        Assert.Equal("NORMAL", page.RootElement.GetProperty("Type").GetString());
    }

    [Fact]
    public async Task Another_container_is_not_found()
    {
        using var response = await Http.GetAsync(new Uri(Server.AgentEndpoint, "/v4/somebody-else/task"), Cancelled);

        Assert.Equal(404, (int)response.StatusCode);
    }
}
