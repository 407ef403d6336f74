using System.Globalization;

namespace CredentialSidecar.Launcher.Listening;

/// <summary>What a person is told about another user's program on the sidecar's port.</summary>
internal static class Stranger
{
    /// <param name="origin">Where the expected uid comes from.</param>
    public static Mistake On(int port, uint uid, uint expected, string origin) => new(ExitCodes.Denied,
        $"Port {Text(port)} of 127.0.0.1 is held by uid {Text(uid)}; expected the sidecar's uid {Text(expected)} ({origin}). " +
        "Nothing was sent. Another user's program holds the port, which may be an attack. " +
        $"If the sidecar runs as uid {Text(uid)}, pass --sidecar-uid {Text(uid)} or set CREDENTIAL_LAUNCH_SIDECAR_UID. " +
        "If it is this container's forwarder, pass --forward.");

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
