using System.Text;
using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Configuration.Reading;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Configuration.Rules;

/// <summary>Finds the path of the control socket.</summary>
internal static class ControlRules
{
    public const string Key = "Control:Directory";

    private const string Name = "control.sock";

    private const int Longest = SocketRules.Longest;

    /// <returns>Without a path if no directory is configured, or if its path is too long for a socket.</returns>
    public static ControlSettings Find(SidecarOptions options, Findings findings)
    {
        var (own, shared) = (options.Control.Directory, options.SharedDirectory);
        findings.Require(own is null || Path.IsPathRooted(own), Key,
            $"is {Shown.Quoted(own)}; expected an absolute path such as /run/credential-sidecar");

        if ((own ?? shared) is not { } directory || !Path.IsPathRooted(directory))
        {
            return new ControlSettings(null, Key);
        }

        var path = Path.Combine(directory, Name);

        if (Encoding.UTF8.GetByteCount(path) <= Longest)
        {
            return new ControlSettings(path, own is null ? "SharedDirectory" : Key);
        }

        var most = Longest - Name.Length - 1;
        findings.Require(own is null, Key,
            $"is {Shown.Quoted(own)}; expected at most {most} bytes, because the path of a Unix socket has a limit");

        if (own is null)
        {
            findings.Warn("SharedDirectory",
                $"has more than {most} bytes, too many for the path of a Unix socket, so the control socket is not opened; "
                + $"set {ShortNames.ShortestOf(Key)} to a directory with a shorter path");
        }

        return new ControlSettings(null, Key);
    }
}
