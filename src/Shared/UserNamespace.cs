namespace CredentialSidecar.Shared;

/// <summary>Which users the kernel can tell apart here.</summary>
internal static class UserNamespace
{
    /// <summary>The uid that the kernel shows for a user without a number in this user namespace.</summary>
    public const uint Overflow = 65534;

    /// <summary>Whether every user has a number here. Only then is uid 65534 a real user, as it is outside a user namespace.</summary>
    /// <param name="uidMap">The content of /proc/self/uid_map; null where the file is missing.</param>
    public static bool MapsEveryUser(string? uidMap) =>
        uidMap?.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries) is ["0", "0", "4294967295"];
}
