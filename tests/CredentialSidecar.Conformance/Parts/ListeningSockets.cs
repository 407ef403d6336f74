using System.Globalization;
using System.Net;

namespace CredentialSidecar.Conformance.Parts;

/// <summary>Where a process listens, from the kernel and not from what the process says.</summary>
internal static class ListeningSockets
{
    private const string Listening = "0A";

    /// <summary>Its TCP listeners in its own network namespace, sorted by their text.</summary>
    public static IReadOnlyList<string> Of(int process)
    {
        var sockets = Directory.EnumerateFiles($"/proc/{process}/fd")
            .Select(file => new FileInfo(file).LinkTarget)
            .Where(target => target?.StartsWith("socket:[", StringComparison.Ordinal) == true)
            .Select(target => target!["socket:[".Length..^1])
            .ToHashSet();

        return
        [
            .. from table in (string[])["tcp", "tcp6"]
               from line in File.ReadLines($"/proc/{process}/net/{table}").Skip(1)
               let fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
               where fields[3] == Listening && sockets.Contains(fields[9])
               let address = Read(fields[1]).ToString()
               orderby address
               select address,
        ];
    }

    // 0100007F:23D2: words of the address in the byte order of this machine, and the port.
    private static IPEndPoint Read(string text)
    {
        var (address, port) = (text.Split(':')[0], text.Split(':')[1]);
        var bytes = Convert.FromHexString(address).Chunk(4).SelectMany(word => BitConverter.IsLittleEndian ? word.Reverse() : word);
        return new IPEndPoint(new IPAddress([.. bytes]), int.Parse(port, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }
}
