using System.Globalization;

namespace CredentialSidecar.Launcher.Listening;

/// <summary>Reads /proc/net/tcp and tcp6, for kernels without sock_diag.</summary>
internal static class ProcNetTcp
{
    private const string Listening = "0A";

    public static void Read(string text, int port, List<Listener> found)
    {
        foreach (var line in text.Split('\n'))
        {
            //   0: 0100007F:23D2 00000000:0000 0A 00000000:00000000 00:00000000 00000000  9170        0 12345
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var local, _, Listening, _, _, _, var owner, ..]
                && local.IndexOf(':', StringComparison.Ordinal) is var colon && (colon is 8 or 32)
                && TryHex(local[(colon + 1)..], out var number) && number == port
                && uint.TryParse(owner, NumberStyles.None, CultureInfo.InvariantCulture, out var uid)
                && Address(local[..colon]) is { } address)
            {
                found.Add(new Listener(address, false, uid));
            }
        }
    }

    // Words of four bytes, each as this machine stores it.
    private static byte[]? Address(string text)
    {
        var address = new byte[text.Length / 2];

        for (var i = 0; i < address.Length; i += 4)
        {
            if (!TryHex(text.Substring(i * 2, 8), out var word))
            {
                return null;
            }

            BitConverter.TryWriteBytes(address.AsSpan(i), word);
        }

        return address;
    }

    private static bool TryHex(string text, out uint number) =>
        uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number);
}
