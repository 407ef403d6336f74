using CredentialSidecar.Configuration.Reading;
using CredentialSidecar.Networking;

namespace CredentialSidecar.Commands;

/// <summary>Decides whether a command may talk to the user that listens on a control socket.</summary>
internal static class ControlTrust
{
    /// <summary>
    /// Trusts its own uid and root. Root also trusts the owner of the directory, since the image runs the sidecar as that user.
    /// </summary>
    public static bool Accepts(uint uid, string path)
    {
        var own = Libc.EffectiveUid();
        return uid == own || uid == 0
            || (own == 0 && RegularFile.Permissions(Path.GetDirectoryName(path)!) is { IsDirectory: false } found && found.Owner == uid);
    }
}
