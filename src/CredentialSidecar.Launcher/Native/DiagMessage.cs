using System.Buffers.Binary;
using CredentialSidecar.Launcher.Listening;

namespace CredentialSidecar.Launcher.Native;

/// <summary>struct inet_diag_msg and the attributes behind it.</summary>
internal static class DiagMessage
{
    private const int Size = 72, SourcePort = 4, Source = 8, Uid = 64;
    private const ushort OnlySix = 11;

    /// <returns>Null for a socket on another port.</returns>
    public static Listener? Read(ReadOnlySpan<byte> message, int port)
    {
        if (message.Length < Size || BinaryPrimitives.ReadUInt16BigEndian(message[SourcePort..]) != port)
        {
            return null;
        }

        var address = message.Slice(Source, message[0] == Libc.InternetSixFamily ? 16 : 4).ToArray();
        return new Listener(address, IsOnlySix(message[Size..]), BitConverter.ToUInt32(message[Uid..]));
    }

    // struct nlattr: length, type, value, padded to four bytes.
    private static bool IsOnlySix(ReadOnlySpan<byte> attributes)
    {
        while (attributes.Length > 4 && BitConverter.ToUInt16(attributes) is > 4 and var size && size <= attributes.Length)
        {
            if (BitConverter.ToUInt16(attributes[2..]) == OnlySix)
            {
                return attributes[4] != 0;
            }

            attributes = attributes[Math.Min((size + 3) & ~3, attributes.Length)..];
        }

        return false;
    }
}
