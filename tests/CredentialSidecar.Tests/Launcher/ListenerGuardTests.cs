using CredentialSidecar.Launcher.Arguments;
using CredentialSidecar.Launcher.Listening;
using Xunit;

namespace CredentialSidecar.Tests.Launcher;

/// <summary>Whose socket the launcher takes for the sidecar's.</summary>
public sealed class ListenerGuardTests
{
    private const string EveryUser = "         0          0 4294967295\n";
    private const string Remapped = "         0     100000      65536\n";

    private readonly List<string> _warnings = [];

    [Theory]
    [InlineData(null, null, "9170", nameof(Holder.Sidecar))]
    [InlineData(null, null, "0", nameof(Holder.Stranger))]
    [InlineData(null, null, "9170,1000", nameof(Holder.Stranger))]
    [InlineData(null, null, "", nameof(Holder.None))]
    [InlineData(null, 1000u, "1000", nameof(Holder.Sidecar))]
    [InlineData(null, 1000u, "9170", nameof(Holder.Stranger))]
    [InlineData(null, 0u, "0", nameof(Holder.Sidecar))]
    [InlineData("1001", 1000u, "1001", nameof(Holder.Sidecar))]
    [InlineData("1001", 1000u, "1000", nameof(Holder.Stranger))]
    [InlineData("any", 1000u, "5", nameof(Holder.Sidecar))]
    [InlineData(null, null, "65534", nameof(Holder.Stranger))]
    public void Every_listener_must_be_of_the_named_uid_or_the_files_owner_or_9170(string? named, uint? owner, string uids, string holder)
    {
        var guard = Guard(named, owner, Uids(uids), EveryUser);

        Assert.Equal(holder, guard.Look(9170).ToString());
        Assert.Empty(_warnings);
    }

    [Fact]
    public void A_stranger_is_named_with_port_uids_and_what_to_do()
    {
        var guard = Guard(null, 1000, [5], EveryUser);
        guard.Look(9200);

        Assert.Equal(77, guard.Mistake!.ExitCode);
        Assert.StartsWith(
            "Port 9200 of 127.0.0.1 is held by uid 5; expected the sidecar's uid 1000 " +
            "(the owner of the token file beside the launcher). Nothing was sent.",
            guard.Mistake.Text, StringComparison.Ordinal);
        Assert.Contains("--sidecar-uid 5", guard.Mistake.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, Remapped)]
    [InlineData("65534", Remapped)]
    [InlineData("65534", null)]
    public void A_user_that_cannot_be_told_is_warned_about_once_and_accepted(string? uids, string? map)
    {
        var guard = Guard(null, null, uids is null ? null : Uids(uids), map);

        Assert.Equal((Holder.Sidecar, Holder.Sidecar), (guard.Look(9170), guard.Look(9170)));
        Assert.StartsWith("Cannot tell which user listens on 127.0.0.1:9170: ", Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unmapped_owner_of_the_file_cannot_be_compared()
    {
        Assert.Equal(Holder.Sidecar, Guard(null, 65534, [9170], Remapped).Look(9170));
        Assert.Single(_warnings);
    }

    [Fact]
    public void A_stranger_beside_one_that_cannot_be_told_is_still_a_stranger() =>
        Assert.Equal(Holder.Stranger, Guard(null, null, [65534, 1000], Remapped).Look(9170));

    [Theory]
    [InlineData("127.0.0.1", false, true)]
    [InlineData("0.0.0.0", false, true)]
    [InlineData("127.0.0.2", false, false)]
    [InlineData("10.0.0.1", false, false)]
    [InlineData("::", false, true)]
    [InlineData("::", true, false)]
    [InlineData("::1", false, false)]
    [InlineData("::ffff:127.0.0.1", false, true)]
    [InlineData("::ffff:0.0.0.0", false, true)]
    [InlineData("::ffff:10.0.0.1", false, false)]
    public void A_listener_counts_where_a_connection_to_loopback_may_end(string address, bool onlySix, bool counts) =>
        Assert.Equal(counts, new Listener(System.Net.IPAddress.Parse(address).GetAddressBytes(), onlySix, 0).TakesLoopback);

    private ListenerGuard Guard(string? named, uint? owner, List<uint>? uids, string? map) => new(
        named is null ? SidecarUid.Unnamed : SidecarUid.Read(named)!, () => owner, _ => uids, () => map, _warnings.Add);

    private static List<uint> Uids(string text) => [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(uint.Parse)];
}
