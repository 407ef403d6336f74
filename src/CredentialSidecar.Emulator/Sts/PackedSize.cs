using CredentialSidecar.Emulator.Sessions;
using CredentialSidecar.Emulator.Worlds;

namespace CredentialSidecar.Emulator.Sts;

/// <summary>A stand-in for the packed size of policy and tags. AWS does not tell its packing; this one counts characters.</summary>
internal static class PackedSize
{
    private const int Allotted = 2048;

    /// <summary>Percent of what is allotted, or null where there is nothing to pack.</summary>
    public static int? Of(SessionPolicy? policy, IReadOnlyList<SessionTag> tags)
    {
        var size = (policy?.PackedLength ?? 0) + tags.Sum(tag => tag.Key.Length + tag.Value.Length);
        if (size == 0)
        {
            return null;
        }

        var percent = (int)Math.Ceiling(100.0 * size / Allotted);
        return percent <= 100
            ? percent
            : throw new StsException(400, "PackedPolicyTooLarge",
                $"Packed policy consumes {percent}% of allotted space, please use smaller policy.");
    }
}
