using System.Globalization;

namespace CredentialSidecar.Networking;

/// <summary>The limits of this process: memory by its control group, descriptors by its resource limit.</summary>
internal static class MachineLimits
{
    /// <summary>asm-generic/resource.h.</summary>
    private const int OpenFiles = 7;

    /// <summary>
    /// More than the sidecar uses. Programs that the SDK starts inherit the limit, and some of them close every possible descriptor.
    /// </summary>
    private const nuint MostFiles = 65_536;

    private const string Groups = "/sys/fs/cgroup";

    /// <summary>The lowest memory limit of the process's control group and its ancestors, in bytes; null if there is none.</summary>
    /// <param name="root">The folder with <c>/proc</c> and <c>/sys</c>; tests use another one.</param>
    public static long? Memory(string root = "")
    {
        try
        {
            return File.ReadLines($"{root}/proc/self/cgroup").SelectMany(line => Limits(root, line)).Cast<long?>().Min();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Raises the soft limit of open files to the hard one, at most to 65 536. This needs no privilege.</summary>
    /// <returns>How many files may be open afterwards.</returns>
    public static long RaiseOpenFiles()
    {
        if (Libc.GetLimit(OpenFiles, out var limit) != 0)
        {
            return 1024;
        }

        var wanted = limit.Hard < MostFiles ? limit.Hard : MostFiles;
        var isRaised = limit.Soft < wanted && Libc.SetLimit(OpenFiles, limit with { Soft = wanted }) == 0;
        var now = isRaised ? wanted : limit.Soft;
        return now < MostFiles ? (long)now : (long)MostFiles;
    }

    // Version 2: "0::/path". Version 1: "4:memory:/path". In a container the path may be the host's; then only the root of the mount
    // exists.
    private static IEnumerable<long> Limits(string root, string line)
    {
        if (line.Split(':', 3) is not [var number, var controllers, var path])
        {
            return [];
        }

        var (folder, file) = number == "0" && controllers.Length == 0 ? ("", "memory.max") : ("/memory", "memory.limit_in_bytes");
        return file == "memory.max" || controllers.Split(',').Contains("memory")
            ? Above(path).Select(at => Read($"{root}{Groups}{folder}{at}/{file}")).OfType<long>()
            : [];
    }

    private static IEnumerable<string> Above(string path)
    {
        for (var at = path.TrimEnd('/'); at.Length > 0; at = at[..at.LastIndexOf('/')])
        {
            yield return at;
        }

        yield return "";
    }

    // "max" in version 2 and nearly 2^63 in version 1 mean unlimited.
    private static long? Read(string file) =>
        File.Exists(file)
            && long.TryParse(File.ReadAllText(file).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            && bytes < long.MaxValue / 2
            ? bytes
            : null;
}
