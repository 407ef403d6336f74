using System.Globalization;
using CredentialSidecar.Launcher.Arguments;

namespace CredentialSidecar.Launcher.Listening;

/// <summary>Keeps the token from a program that took the sidecar's port. The kernel knows which user owns a listening socket.</summary>
/// <param name="expected">--sidecar-uid.</param>
/// <param name="fileOwner">Who owns the token file beside the launcher; null where there is none.</param>
/// <param name="uidsOn">The users who listen on a port; null where the kernel does not tell.</param>
/// <param name="uidMap">The content of /proc/self/uid_map.</param>
internal sealed class ListenerGuard(
    SidecarUid expected, Func<uint?> fileOwner, Func<int, List<uint>?> uidsOn, Func<string?> uidMap, Action<string> warn)
{
    private bool _isWarned;

    /// <summary>The last stranger seen, as a sentence for a person.</summary>
    public Mistake? Mistake { get; private set; }

    public Holder Look(int port)
    {
        if (expected.IsAnyone)
        {
            return Holder.Sidecar;
        }

        if (uidsOn(port) is not { } uids)
        {
            return Unknown(port, "the kernel answers neither sock_diag nor /proc/net/tcp");
        }

        var (owner, origin) = Expected();
        var unmapped = 0;

        foreach (var uid in uids)
        {
            if ((uid == UserNamespace.Overflow || owner == UserNamespace.Overflow) && !UserNamespace.MapsEveryUser(uidMap()))
            {
                unmapped++;
            }
            else if (uid != owner)
            {
                Mistake = Stranger.On(port, uid, owner, origin);
                return Holder.Stranger;
            }
        }

        return unmapped > 0 ? Unknown(port, "that user, or the owner of the token file, has no number in this user namespace")
            : uids.Count > 0 ? Holder.Sidecar
            : Holder.None;
    }

    private (uint Uid, string Origin) Expected() => expected.Uid is { } given ? (given, "--sidecar-uid")
        : fileOwner() is { } owner ? (owner, "the owner of the token file beside the launcher")
        : (SidecarUid.Default, "the default");

    private Holder Unknown(int port, string why)
    {
        if (!_isWarned)
        {
            _isWarned = true;
            warn($"Cannot tell which user listens on 127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}: {why}. " +
                "The token may reach another program than the sidecar; --sidecar-uid any hides this warning.");
        }

        return Holder.Sidecar;
    }
}
