using System.Runtime.CompilerServices;
using System.Text;
using CredentialSidecar.Networking;

namespace CredentialSidecar.Endpoint;

/// <summary>Reads the first bytes of a connection, and leaves them for Kestrel to read again.</summary>
/// <remarks>Only the order of service depends on this. The token check happens later, after Kestrel has read the request.</remarks>
/// <param name="Authorization">The value of the Authorization header; null if none has arrived.</param>
/// <param name="IsWhole">Whether all headers of the request have arrived.</param>
/// <param name="IsForAgent">Whether the path is one of the agent's, such as task metadata, which needs no token.</param>
internal readonly record struct Peek(string? Authorization, bool IsWhole, bool IsForAgent)
{
    // Kestrel's limit.
    private const int Most = 16 * 1024;

    private static ReadOnlySpan<byte> Name => "authorization:"u8;

    [SkipLocalsInit]
    public static Peek At(PendingConnection connection)
    {
        Span<byte> buffer = stackalloc byte[Most];
        return Of(buffer[..connection.Peek(buffer)]);
    }

    /// <param name="fd">A socket.</param>
    [SkipLocalsInit]
    public static Peek At(int fd)
    {
        Span<byte> buffer = stackalloc byte[Most];
        return Of(buffer[..RawSocket.Peek(fd, buffer)]);
    }

    private static Peek Of(ReadOnlySpan<byte> head)
    {
        var end = head.IndexOf("\r\n\r\n"u8);
        var isWhole = end >= 0;
        head = end >= 0 ? head[..(end + 2)] : head;
        var target = head.IndexOf((byte)' ') is >= 0 and var space ? head[(space + 1)..] : default;
        return new(FindAuthorization(head), isWhole, MetadataPath.MayBegin(target));
    }

    private static string? FindAuthorization(ReadOnlySpan<byte> head)
    {
        while (head.IndexOf("\r\n"u8) is var next && next >= 0)
        {
            var line = head[..next];

            if (line.Length > Name.Length && Ascii.EqualsIgnoreCase(line[..Name.Length], Name))
            {
                return Encoding.UTF8.GetString(line[Name.Length..].Trim(" \t"u8));
            }

            head = head[(next + 2)..];
        }

        return null;
    }
}
