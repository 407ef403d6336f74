using System.Collections.Immutable;
using System.Text;
using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Configuration.Rules;

/// <summary>Finds the paths of the Unix sockets that serve credentials.</summary>
internal static class SocketRules
{
    private const string Key = "Listen:Socket";

    // unix(7): sun_path has 108 bytes, and the last one is 0.
    public const int Longest = 107;

    /// <returns>One for each shared directory; empty if <c>Listen:Socket</c> is not set.</returns>
    public static ImmutableArray<SocketSettings> Find(SidecarOptions options, Findings findings)
    {
        if (!options.Listen.Socket)
        {
            return [];
        }

        SocketSettings[] all =
        [
            .. from one in SharedDirectories.Of(options)
               select new SocketSettings(Path.Combine(one.Path, FixedNames.SocketFile), one.Key),
        ];

        findings.Require(all.Length > 0 || findings.IsUnread("SharedDirectory"), Key,
            "is true, but no directory is shared, and the socket is opened there; set SIDECAR_SHARED_DIR");

        foreach (var socket in all.Where(socket => Encoding.UTF8.GetByteCount(socket.Path) > Longest))
        {
            findings.Wrong(socket.Key, $"has more than {Longest - FixedNames.SocketFile.Length - 1} bytes, too many for the path of a Unix "
                + $"socket, which {findings.NameOf(Key)} opens there; set a shorter path");
        }

        return [.. all.DistinctBy(socket => socket.Path)];
    }
}
