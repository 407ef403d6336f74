using System.Globalization;
using System.Text.RegularExpressions;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Networking;

/// <summary>The sidecar's rules that one tool found in the kernel.</summary>
/// <param name="Text">As the tool prints them.</param>
/// <param name="Parts">The label of each rule with its place, and for iptables the jumps to the sidecar's chains.</param>
internal sealed partial record InstalledRules(string Tool, string Text, IReadOnlySet<string> Parts)
{
    /// <summary>The name of a part in <see cref="Parts"/> and in messages.</summary>
    public static string PartOf(Place place, string label) => place == Place.Filter6 ? $"{label} (IPv6)" : label;

    /// <summary>The label in a line of either tool, if it has one.</summary>
    public static string? LabelIn(string line) => Comment().Match(line) is { Success: true } match ? match.Groups[1].Value : null;

    /// <summary>The complete set of rules that these belong to, derived from the existing ones.</summary>
    /// <param name="wanted">The wanted rules, which take precedence over the installed ones.</param>
    public FirewallRules Whole(FirewallRules wanted)
    {
        var users = new SortedDictionary<uint, InterceptedUser>();
        var ports = new SortedSet<int>(wanted.GuardedPorts);
        var (blocks, sidecar) = (wanted.BlockImds, wanted.SidecarUid);

        foreach (var part in Parts)
        {
            if (OfUser().Match(part) is { Success: true } user)
            {
                var uid = (uint)NumberIn(user.Groups[1]);
                users[uid] = new InterceptedUser(uid, "", Math.Max(users.GetValueOrDefault(uid)?.Port ?? 0, (int)NumberIn(user.Groups[2])));
            }
            else if (OfGuard().Match(part) is { Success: true } guard)
            {
                ports.Add((int)NumberIn(guard.Groups[1]));
                sidecar = wanted.GuardedPorts.Count > 0 ? sidecar : (uint)NumberIn(guard.Groups[2]);
            }
            else if (OfBlock().Match(part) is { Success: true } block)
            {
                (blocks, sidecar) = (true, wanted.BlockImds ? sidecar : (uint)NumberIn(block.Groups[1]));
            }
        }

        foreach (var user in wanted.Users)
        {
            users[user.Uid] = user;
        }

        return new FirewallRules([.. users.Values], [.. ports], sidecar, blocks);
    }

    private static long NumberIn(Group group) => group.Success ? long.Parse(group.Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex("comment \"((?:redirect|reject|guard|block) of [^\"]*)\"")]
    private static partial Regex Comment();

    [GeneratedRegex("^(?:redirect|reject) of uid ([0-9]+)(?: to port ([0-9]+))?")]
    private static partial Regex OfUser();

    [GeneratedRegex("^guard of port ([0-9]+) for uid ([0-9]+)")]
    private static partial Regex OfGuard();

    [GeneratedRegex("^block of .* except uid ([0-9]+)")]
    private static partial Regex OfBlock();
}
