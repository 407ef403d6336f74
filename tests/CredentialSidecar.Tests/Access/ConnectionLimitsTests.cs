using CredentialSidecar.Access;
using CredentialSidecar.Networking;
using Xunit;

namespace CredentialSidecar.Tests.Access;

/// <summary>How many connections a machine's limits allow.</summary>
public sealed class ConnectionLimitsTests : IDisposable
{
    private const long Megabyte = 1024 * 1024;

    private readonly string _root = Directory.CreateTempSubdirectory("limits-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData(null, 65_536, 1000, 1000)]
    [InlineData(192L, 65_536, 908, 1000)]
    [InlineData(128L, 65_536, 499, 938)]
    [InlineData(64L, 65_536, 89, 256)]
    [InlineData(20L, 65_536, 32, 32)]
    [InlineData(null, 1024, 224, 192)]
    [InlineData(64L, 256, 32, 38)]
    public void They_follow_from_memory_and_descriptors(long? megabytes, long descriptors, int connections, int waiting) =>
        Assert.Equal(new ConnectionLimits(connections, 32, waiting), ConnectionLimits.For(megabytes * Megabyte, descriptors));

    [Fact]
    public void The_least_limit_along_the_path_counts_in_version_2()
    {
        Put("proc/self/cgroup", "0::/kubepods/pod1/main\n");
        Put("sys/fs/cgroup/memory.max", "max\n");
        Put("sys/fs/cgroup/kubepods/pod1/memory.max", "100000\n");
        Put("sys/fs/cgroup/kubepods/pod1/main/memory.max", "200000\n");
        Assert.Equal(100_000, MachineLimits.Memory(_root));
    }

    [Fact]
    public void Version_1_has_a_folder_of_its_own_and_a_very_large_number_for_none()
    {
        Put("proc/self/cgroup", "12:cpu,cpuacct:/x\n4:memory:/docker/abc\n0::/\n");
        Put("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        Assert.Null(MachineLimits.Memory(_root));

        // In a container only the root of the mount is there, and it is the container's own group.
        Put("sys/fs/cgroup/memory/memory.limit_in_bytes", "67108864\n");
        Assert.Equal(64 * Megabyte, MachineLimits.Memory(_root));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0::/\n")]
    [InlineData("nonsense\n")]
    public void Without_a_limit_there_is_none(string groups)
    {
        Put("proc/self/cgroup", groups);
        Assert.Null(MachineLimits.Memory(_root));
    }

    [Fact]
    public void Without_proc_there_is_none() => Assert.Null(MachineLimits.Memory(_root));

    private void Put(string path, string text)
    {
        var file = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
