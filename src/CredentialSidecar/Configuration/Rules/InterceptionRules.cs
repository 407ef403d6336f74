using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Configuration.Rules;

/// <summary>Checks the intercepted users, their ports, and the address to add to loopback.</summary>
internal static class InterceptionRules
{
    private const string Uids = "Interception:Uids";
    private const string AddressKey = "Networking:LinkLocalAddress";

    private static readonly string[] LinkLocal = ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"];

    /// <summary>The checks that do not need the source, so that a container that only installs rules can run them.</summary>
    /// <returns>The users by ascending uid.</returns>
    public static IReadOnlyList<InterceptedUser> Check(SidecarOptions options, Findings findings)
    {
        var interception = options.Interception;
        findings.Require(interception.Port is >= 1 and <= 65535, "Interception:Port",
            $"is {interception.Port}; expected {Ranges.FixedPort}");
        findings.Require(interception.SidecarUid >= 0, "Interception:SidecarUid", $"is {interception.SidecarUid}; expected a uid");
        findings.Require(options.Networking.LinkLocalAddress is "" || LinkLocal.Contains(options.Networking.LinkLocalAddress), AddressKey,
            $"is {Shown.Quoted(options.Networking.LinkLocalAddress)}; expected {string.Join(", ", LinkLocal[..^1])} or {LinkLocal[^1]}");

        foreach (var (key, port) in new[] { ("Listen:Port", options.Listen.Port), ("Health:Port", options.Health.Port) })
        {
            findings.Require(!interception.Guard || port != 0, "Interception:Guard",
                $"needs a fixed port, but {findings.NameOf(key)} is 0; set it to a port");
        }

        InterceptedUser[] users = [.. interception.Uids.Select(uid => UserOf(uid.Key, uid.Value, options, findings))
            .OfType<InterceptedUser>()
            .OrderBy(user => user.Uid)];
        CheckPorts(users, options, findings);
        return users;
    }

    /// <summary>The sidecar replaces the ECS agent, so it must know the path that siblings request.</summary>
    public static void CheckSource(SidecarOptions options, SourceSettings source, Findings findings) => findings.Require(
        options.Interception.Uids.Count == 0
            || source.IsAgent(options.Source.Endpoint)
            || (source is { Kind: SourceKind.TaskRole, Endpoint: null }),
        Uids,
        "is set, but the source is not the ECS agent, which interception replaces; "
        + "remove Source:Kind and AWS_CONTAINER_CREDENTIALS_FULL_URI, or remove Interception");

    private static InterceptedUser? UserOf(string text, string value, SidecarOptions options, Findings findings)
    {
        var path = $"{Uids}:{text}";

        if (!UidRules.TryRead(text, out var uid))
        {
            findings.Wrong(path, "is not a uid; expected a number, because a name may mean another user in another image");
            return null;
        }

        findings.Require(uid != options.Interception.SidecarUid, path,
            "is the sidecar's own uid, so the sidecar would request the task role from itself; run the application as another uid");
        findings.Require(uid != 0 || options.Interception.IncludeRoot, path,
            "is root, which ECS Exec uses to read the task role, so ECS Exec would stop working; "
            + "to intercept root anyway, set --include-root or Interception:IncludeRoot");

        if (!InterceptedUser.TryParse(uid, value, options.Interception.Port, out var user))
        {
            findings.Wrong(path, $"is {Shown.Quoted(value)}; expected a destination, or a destination and a port such as reports:9172");
            return null;
        }

        findings.Require(options.Destinations.Count == 0 || options.Destinations.ContainsKey(user.Destination), path,
            $"is {Shown.Quoted(user.Destination)}; expected the name of a "
            + $"destination{Nearest.Question(user.Destination, options.Destinations.Keys)}");
        return user;
    }

    // Choosing another port silently would break an init container that derives ports from another list.
    private static void CheckPorts(InterceptedUser[] users, SidecarOptions options, Findings findings)
    {
        foreach (var (i, user) in users.Index())
        {
            var path = $"{Uids}:{user.Uid}";
            var remedy = $"set another port, here and for intercept up: {user.Destination}:PORT";
            findings.Require(user.Port is >= 1 and <= 65535, path, $"has port {user.Port}; expected 1 to 65535; {remedy}");

            foreach (var (key, taken) in new[]
            {
                ("Listen:Port", options.Listen.Port), ("Health:Port", options.Health.Port),
                (TlsRules.PortKey, options.Listen.Tls.Port ?? 0),
            })
            {
                findings.Require(user.Port != taken || taken == 0, path,
                    $"has port {user.Port}, which {findings.NameOf(key)} already uses; {remedy}");
            }

            findings.Require(Array.FindIndex(users, other => other.Port == user.Port) == i, path,
                $"has port {user.Port}, which uid {users.First(other => other.Port == user.Port).Uid} already uses; {remedy}");
        }
    }
}
