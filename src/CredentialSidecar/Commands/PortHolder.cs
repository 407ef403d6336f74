using System.Globalization;
using System.Net;

namespace CredentialSidecar.Commands;

/// <summary>Finds the process that listens on an address, as far as the kernel shows it to this user.</summary>
internal static class PortHolder
{
    // Columns of /proc/net/tcp: docs.kernel.org/networking/proc_net_tcp.html.
    private const int Local = 1, State = 3, Uid = 7, Inode = 9;
    private const string Listening = "0A";

    // An IPv6 socket on ::ffff:0.0.0.0 takes connections to every IPv4 address.
    private static readonly string AnyMapped = Hex(IPAddress.Any.MapToIPv6());

    private static readonly string[] Tables = ["net/tcp", "net/tcp6"];

    /// <returns>Such as <c>nginx (pid 12)</c> or <c>a process of uid 101</c>; null if unknown.</returns>
    /// <param name="proc"><c>/proc</c>.</param>
    public static string? Find(IPEndPoint address, string proc = "/proc")
    {
        try
        {
            return Listeners(address, proc).FirstOrDefault() is { } found
                ? ProcessOf(proc, found[Inode]) ?? $"a process of uid {found[Uid]}"
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <returns>The users that listen on the address; null if the kernel does not show it.</returns>
    /// <param name="proc"><c>/proc</c>.</param>
    public static IReadOnlyCollection<uint>? Uids(IPEndPoint address, string proc = "/proc")
    {
        try
        {
            return !File.Exists(Path.Combine(proc, Tables[0])) ? null
                : [.. Listeners(address, proc).Select(columns => uint.Parse(columns[Uid], CultureInfo.InvariantCulture)).Distinct()];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static IEnumerable<string[]> Listeners(IPEndPoint address, string proc) =>
        from table in Tables
        let file = Path.Combine(proc, table)
        where File.Exists(file)
        from line in File.ReadLines(file).Skip(1)
        let columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        where columns.Length > Inode && columns[State] == Listening && Holds(columns[Local], address)
        select columns;

    private static bool Holds(string local, IPEndPoint address) => local.Split(':') is [var host, var port]
        && port == address.Port.ToString("X4", CultureInfo.InvariantCulture)
        && (host == Hex(address.Address) || host == Hex(address.Address.MapToIPv6()) || host == AnyMapped
            || host.All(digit => digit == '0'));

    // Groups of four bytes in the machine's byte order, which is little-endian wherever .NET runs.
    private static string Hex(IPAddress address) =>
        string.Concat(address.GetAddressBytes().Chunk(4).Select(word => Convert.ToHexString([.. Enumerable.Reverse(word)])));

    private static string? ProcessOf(string proc, string inode)
    {
        foreach (var folder in Directory.EnumerateDirectories(proc).Where(folder => Path.GetFileName(folder).All(char.IsAsciiDigit)))
        {
            try
            {
                if (Directory.EnumerateFiles(Path.Combine(folder, "fd")).Any(file => new FileInfo(file).LinkTarget == $"socket:[{inode}]"))
                {
                    var name = File.ReadAllText(Path.Combine(folder, "comm")).Trim();
                    return $"{Configuration.Shown.OnOneLine(name)} (pid {Path.GetFileName(folder)})";
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Another user's process, or a process that just ended.
            }
        }

        return null;
    }
}
