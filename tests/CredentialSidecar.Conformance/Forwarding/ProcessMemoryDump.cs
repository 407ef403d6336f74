using System.Globalization;
using System.Text;

namespace CredentialSidecar.Conformance.Forwarding;

/// <summary>All readable memory of a process, as root reads it.</summary>
internal sealed class ProcessMemoryDump
{
    private readonly byte[] _bytes;

    private ProcessMemoryDump(byte[] bytes) => _bytes = bytes;

    public int Length => _bytes.Length;

    public bool Contains(string text) => _bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(text)) >= 0
        || _bytes.AsSpan().IndexOf(Encoding.Unicode.GetBytes(text)) >= 0;

    public static ProcessMemoryDump Of(string process)
    {
        using var memory = File.OpenRead($"/proc/{process}/mem");
        using var all = new MemoryStream();

        foreach (var line in File.ReadLines($"/proc/{process}/maps").Where(line => line.Contains(" rw", StringComparison.Ordinal)))
        {
            var (start, end) = (Hex(line.Split(' ')[0].Split('-')[0]), Hex(line.Split(' ')[0].Split('-')[1]));
            var buffer = new byte[4096];

            // A reserved part has no page, which is an error to read.
            for (var at = start; at < end; at += buffer.Length)
            {
                try
                {
                    memory.Position = at;
                    all.Write(buffer, 0, memory.Read(buffer));
                }
                catch (IOException)
                {
                    break;
                }
            }
        }

        return new ProcessMemoryDump(all.ToArray());
    }

    private static long Hex(string text) => long.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
