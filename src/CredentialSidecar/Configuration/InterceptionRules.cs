using System.Globalization;

namespace CredentialSidecar.Configuration;

/// <summary>Who may be intercepted, and what may be put on loopback.</summary>
internal static class InterceptionRules
{
    private const string Uids = "Interception:Uids";
    private const string AddressKey = "Networking:LinkLocalAddress";

    private static readonly string[] LinkLocal = ["169.254.170.2", "169.254.170.23"];

    /// <summary>All that can be said without knowing the source, so that a container that only sets up rules can say it too.</summary>
    public static void Check(SidecarOptions options, Findings findings)
    {
        var interception = options.Interception;
        findings.Require(interception.Port is >= 1 and <= 65535, "Interception:Port", $"is {interception.Port}, expected a port, 1 to 65535");
        findings.Require(interception.SidecarUid >= 0, "Interception:SidecarUid", $"is {interception.SidecarUid}, expected a uid");
        findings.Require(options.Networking.LinkLocalAddress is "" || LinkLocal.Contains(options.Networking.LinkLocalAddress), AddressKey,
            $"is {Shown.Quoted(options.Networking.LinkLocalAddress)}, expected {string.Join(" or ", LinkLocal)}");

        foreach (var (text, destination) in interception.Uids.OrderBy(uid => uid.Key, StringComparer.Ordinal))
        {
            CheckUid($"{Uids}:{text}", text, destination, options, findings);
        }

        if (interception.Uids.Count > 0)
        {
            RefuseSharing("Listen:Port", options.Listen.Port, interception.Port, findings);
            RefuseSharing("Health:Port", options.Health.Port, interception.Port, findings);
        }
    }

    /// <summary>The sidecar stands in for the ECS agent, so it must know the path that siblings ask it for.</summary>
    public static void CheckSource(SidecarOptions options, SourceSettings source, Findings findings) => findings.Require(
        options.Interception.Uids.Count == 0 || source.IsAgent(options.Source.Endpoint) || (source is { Kind: SourceKind.TaskRole, Endpoint: null }), Uids,
        "is set, but the source is not the ECS agent, in whose place interception answers; leave out Source:Kind and AWS_CONTAINER_CREDENTIALS_FULL_URI, or Interception");

    public static bool IsUid(string text, out uint uid) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uid) && uid != uint.MaxValue && text == uid.ToString(CultureInfo.InvariantCulture);

    private static void CheckUid(string path, string text, string destination, SidecarOptions options, Findings findings)
    {
        if (!IsUid(text, out var uid))
        {
            findings.Wrong(path, "is no uid, expected a number, since a name may mean another user in another image");
            return;
        }

        findings.Require(options.Destinations.Count == 0 || options.Destinations.ContainsKey(destination), path,
            $"is {Shown.Quoted(destination)}, expected the name of a destination");
        findings.Require(uid != options.Interception.SidecarUid, path, "is the sidecar's own uid: it would ask itself for the task role; run the application under another one");
        findings.Require(uid != 0 || options.Interception.IncludeRoot, path,
            "is root, as whom ECS Exec reads the task role: with it intercepted, ECS Exec stops working; if that is meant, say so by --include-root or Interception:IncludeRoot");
    }

    private static void RefuseSharing(string other, int port, int ours, Findings findings) => findings.Require(port != ours || port == 0, "Interception:Port",
        $"is {ours}, and so is {findings.NameOf(other)}; they need two ports");
}
