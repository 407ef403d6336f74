namespace CredentialSidecar.ContainerTests;

/// <summary>Volumes that cannot hold the token: the start ends at once, and says which uid needs what.</summary>
public sealed class SharedVolumeTests : IAsyncLifetime
{
    private EmulatedTask _task = null!;

    public async ValueTask InitializeAsync() => _task = await EmulatedTask.StartAsync();

    public ValueTask DisposeAsync() => _task?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task A_volume_of_roots_own_ends_the_start()
    {
        await _task.AddVolumeAsync();

        // The first container that mounts a new volume determines the volume's owner.
        await _task.AppAsync([], "true");
        await Engine.DoAsync(
            "run", "--rm", "-v", $"{_task.Volume}:/volume", Images.Client,
            "sh", "-c", "chown 0:0 /volume && chmod 755 /volume && touch /volume/there");

        await RefusesAsync("", "permission denied");
    }

    [Fact]
    public async Task A_volume_that_is_mounted_for_reading_only_ends_the_start()
    {
        await _task.AddVolumeAsync();
        await RefusesAsync(":ro", "Read-only file system");
    }

    [Fact]
    public async Task A_full_volume_ends_the_start_and_is_left_as_it_was()
    {
        await _task.AddVolumeAsync("--opt", "type=tmpfs", "--opt", "device=tmpfs", "--opt", "o=size=64k,uid=9170,gid=9170,mode=0755");

        // Held, because a volume of this kind is emptied when its last user leaves.
        await _task.RunAsync("holder", ["-v", $"{_task.Volume}:/volume"], Images.Client, "sleep", "600");
        await RefusesAsync("", "No space left on device");

        Assert.Empty(await Engine.DoAsync("run", "--rm", "-v", $"{_task.Volume}:/volume", Images.Client, "ls", "-A", "/volume"));
    }

    private async Task RefusesAsync(string mode, string reason)
    {
        var volume = $"{_task.Volume}:/credential-sidecar{mode}";
        var sidecar = await _task.RunAsync(
            "sidecar", [.. _task.Hardened, "-v", volume, .. EmulatedTask.Ecs, .. EmulatedTask.Configured], Images.Sidecar);

        Assert.Equal(78, await Engine.WaitAsync(sidecar));
        var expected = $"SIDECAR_SHARED_DIR is '/credential-sidecar', which uid 9170 cannot write: {reason}";
        Assert.Contains(expected, await Engine.LogsAsync(sidecar), StringComparison.OrdinalIgnoreCase);
    }
}
