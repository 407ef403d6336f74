using System.Globalization;

namespace CredentialSidecar.Conformance.Parts;

/// <summary>A control group with a memory limit, of version 1 or 2, which a test made and takes away.</summary>
internal sealed class MemoryGroup : IDisposable
{
    private const string One = "/sys/fs/cgroup/memory", Two = "/sys/fs/cgroup";

    private readonly string _folder;
    private readonly bool _isTwo;

    private MemoryGroup(string folder, bool isTwo) => (_folder, _isTwo) = (folder, isTwo);

    /// <summary>What a shell runs before it becomes the program that is to be limited.</summary>
    public string Enter => $"echo $$ > {_folder}/cgroup.procs";

    /// <summary>Memory of the processes and of their sockets, in bytes. Version 2 charges both together.</summary>
    public long Usage => _isTwo ? Read("memory.current") : Read("memory.usage_in_bytes") + Read("memory.kmem.tcp.usage_in_bytes");

    public static MemoryGroup Make(long bytes)
    {
        var isTwo = File.Exists($"{Two}/cgroup.controllers");
        var folder = $"{(isTwo ? Two : One)}/credential-sidecar-{Environment.ProcessId}-{bytes}";

        try
        {
            Directory.CreateDirectory(folder);
            var group = new MemoryGroup(folder, isTwo);
            group.Write(isTwo ? "memory.max" : "memory.limit_in_bytes", bytes);

            if (!isTwo)
            {
                // Version 1 counts the memory of sockets only where it has a limit, and never against the other one.
                group.Write("memory.kmem.tcp.limit_in_bytes", 1L << 40);
            }

            return group;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Assert.Skip($"no memory control group can be made here ({e.Message}); run as root");
            throw;
        }
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(_folder);
        }
        catch (IOException)
        {
            // A process of it has not quite ended; an empty group costs nothing.
        }
    }

    private long Read(string file) => long.Parse(File.ReadAllText($"{_folder}/{file}"), CultureInfo.InvariantCulture);

    private void Write(string file, long value) => File.WriteAllText($"{_folder}/{file}", value.ToString(CultureInfo.InvariantCulture));
}
