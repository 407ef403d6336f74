using System.Globalization;

namespace CredentialSidecar.Networking;

/// <summary>Reads facts about this network namespace from /proc and /sys.</summary>
internal static class KernelNetwork
{
    private static readonly string[] SocketTables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <summary>Whether the kernel supports IPv6, so that a socket on ::1 is possible, now or later.</summary>
    public static bool HasIPv6 => File.Exists("/proc/net/if_inet6");

    /// <summary>Whether this is the host's network namespace: only there does the kernel show machine-wide settings.</summary>
    public static bool IsTheHosts => File.Exists("/proc/sys/net/core/netdev_max_backlog");

    // /proc/net/tcp: "sl local_address rem_address st …", the address in hex, 0A for listening.
    public static IEnumerable<int> ListeningPorts() =>
        from file in SocketTables
        where File.Exists(file)
        from line in File.ReadLines(file).Skip(1)
        let fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        where fields.Length > 3 && fields[3] == "0A"
        select int.Parse(fields[1][(fields[1].IndexOf(':', StringComparison.Ordinal) + 1)..], NumberStyles.HexNumber,
            CultureInfo.InvariantCulture);
}
