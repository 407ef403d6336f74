using Xunit;

namespace CredentialSidecar.Tests.Emulator;

public sealed class TaskRoleRotationTests : EmulatorTest
{
    [Fact]
    public async Task The_task_role_is_replaced_an_hour_before_it_ends()
    {
        var first = await ReadTaskRoleAsync();

        Clock.Advance(TimeSpan.FromHours(5) - TimeSpan.FromSeconds(1));
        Assert.Equal(first, await ReadTaskRoleAsync());

        Clock.Advance(TimeSpan.FromSeconds(1));
        var second = await ReadTaskRoleAsync();
        Assert.NotEqual(first.AccessKeyId, second.AccessKeyId);
        Assert.Equal("2026-01-01T11:00:00Z", second.Expiration);
    }

    [Fact]
    public async Task Rotation_gives_new_credentials_and_leaves_the_old_ones_valid()
    {
        var first = await ReadTaskRoleAsync();

        Server.RotateTaskRole();
        var second = await ReadTaskRoleAsync();

        Assert.NotEqual(first.AccessKeyId, second.AccessKeyId);
        Assert.Equal(200, (await Sts.GetCallerIdentityAsync(first)).Status);
        Assert.Equal(200, (await Sts.GetCallerIdentityAsync(second)).Status);
    }

    [Fact]
    public async Task Another_task_role_in_the_world_is_handed_out_at_once()
    {
        await ReadTaskRoleAsync();

        Server.World = Server.World with { TaskRole = "arn:aws:iam::555566667777:role/reports" };

        var reply = await Sts.GetCallerIdentityAsync(await ReadTaskRoleAsync());
        Assert.StartsWith("arn:aws:sts::555566667777:assumed-role/reports/", reply["Arn"], StringComparison.Ordinal);
    }
}
