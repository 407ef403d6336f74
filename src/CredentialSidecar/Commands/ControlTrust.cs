using CredentialSidecar.Configuration.Reading;
using CredentialSidecar.Networking;

namespace CredentialSidecar.Commands;

/// <summary>Decides whether a command may talk to the user that listens on a control socket.</summary>
internal static class ControlTrust
{
    /// <summary>Our own uid, or root. Root may also talk to the owner of the directory, as whom the image runs the sidecar.</summary>
    public static bool Accepts(uint uid, string path)
    {
        var own = Libc.EffectiveUid();
        return uid == own || uid == 0
            || (own == 0 && RegularFile.Permissions(Path.GetDirectoryName(path)!) is { IsDirectory: false } found && found.Owner == uid);
    }
}
