using System.Globalization;

namespace CredentialSidecar.Networking;

/// <summary>What this network namespace is, as far as files of the kernel tell.</summary>
internal static class KernelNetwork
{
    private static readonly string[] SocketTables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <summary>The kernel knows IPv6, so a socket on ::1 is possible, now or later.</summary>
    public static bool HasIPv6 => File.Exists("/proc/net/if_inet6");

    /// <summary>It is the machine's own and no container's: only there has the kernel the settings of the whole machine.</summary>
    public static bool IsTheHosts => File.Exists("/proc/sys/net/core/netdev_max_backlog");

    // /proc/net/tcp: "sl local_address rem_address st …", the address in hex, 0A for listening.
    public static IEnumerable<int> ListeningPorts() =>
        from file in SocketTables
        where File.Exists(file)
        from line in File.ReadLines(file).Skip(1)
        let fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        where fields.Length > 3 && fields[3] == "0A"
        select int.Parse(fields[1][(fields[1].IndexOf(':', StringComparison.Ordinal) + 1)..], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
