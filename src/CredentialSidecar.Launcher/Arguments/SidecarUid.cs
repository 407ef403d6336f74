using System.Globalization;

namespace CredentialSidecar.Launcher.Arguments;

/// <summary>The user that the sidecar runs as.</summary>
internal sealed class SidecarUid
{
    public const uint Default = FixedNames.SidecarUid;

    public const string Expected = "must be the sidecar's uid, a number from 0 to 4294967294, or any to accept every user";

    /// <summary>Null if neither the flag nor the variable is set.</summary>
    public uint? Uid { get; private init; }

    /// <summary>The check is switched off.</summary>
    public bool IsAnyone { get; private init; }

    public static SidecarUid Unnamed { get; } = new();

    public static SidecarUid? Read(string text) => text == "any" ? new() { IsAnyone = true }
        : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var uid) && uid != uint.MaxValue ? new() { Uid = uid }
        : null;
}
