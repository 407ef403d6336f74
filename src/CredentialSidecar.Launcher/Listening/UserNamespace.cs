namespace CredentialSidecar.Launcher.Listening;

/// <summary>Which users the kernel can tell apart here.</summary>
internal static class UserNamespace
{
    /// <summary>What the kernel shows in the place of a user who has no number in this user namespace.</summary>
    public const uint Overflow = 65534;

    /// <summary>Outside a user namespace, 65534 is the uid of the system user <c>nobody</c>.</summary>
    /// <param name="uidMap">The content of /proc/self/uid_map; null where the file is missing.</param>
    public static bool MapsEveryUser(string? uidMap) =>
        uidMap?.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries) is ["0", "0", "4294967295"];
}
