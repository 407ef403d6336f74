using System.Globalization;
using CredentialSidecar.Launcher.Arguments;
using CredentialSidecar.Launcher.Native;
using CredentialSidecar.Launcher.Tokens;

namespace CredentialSidecar.Launcher.Forwarding;

/// <summary>Starts the forwarder, and points the settings at it.</summary>
internal static class ForwarderStart
{
    /// <param name="anyPort">Whether the port may be any, because only the launcher uses it.</param>
    /// <returns>Why the forwarder does not run; null if it does.</returns>
    public static Mistake? Run(LaunchSettings settings, bool anyPort)
    {
        if ((settings.Socket ?? Beside(FixedNames.SocketFile)) is not { Length: < ForwardOrder.PathSize } path)
        {
            return new Mistake(ExitCodes.Configuration,
                "The launcher cannot tell where its socket is, or its path is longer than 107 bytes; give the path by --socket.");
        }

        var (uid, isAnyone) = Expected(settings.SidecarUid);
        var knowsUsers = SocketDiag.TryList(0, []);
        var wanted = anyPort ? 0 : settings.Endpoint.Port;
        var error = ForwarderProcess.Start(ForwardOrder.Of(path, wanted, uid, isAnyone, knowsUsers), out var port);

        if (error == Errno.AddressInUse && OwnListener(wanted) is { } own)
        {
            // That of this container's program, which is of the same user or of root.
            settings.SidecarUid = SidecarUid.Read(Text(own))!;
            return null;
        }

        if (error != 0)
        {
            return new Mistake(ExitCodes.Unavailable, error == Errno.AddressInUse
                ? $"The forwarder cannot listen on 127.0.0.1:{Text(wanted)}, because another program does; choose another port by --port. "
                    + "If the sidecar itself listens there, leave --forward out."
                : $"The forwarder cannot listen on 127.0.0.1:{Text(wanted)}: {NativeText.Reason(error)}.");
        }

        if (!knowsUsers)
        {
            Output.Error("The kernel does not report the users of connections here, so every process that connects to "
                + $"127.0.0.1:{Text(port)} is forwarded as uid {Text(Libc.geteuid())}.");
        }

        settings.Endpoint = new Endpoint(false, Endpoint.Loopback, port);
        settings.SidecarUid = SidecarUid.Read(Text(Libc.geteuid()))!;
        return null;
    }

    private static uint? OwnListener(int port) =>
        Listeners.UidsOn(port) is [var uid, ..] uids && uids.TrueForAll(one => one == uid) && (uid == 0 || uid == Libc.geteuid())
            ? uid : null;

    private static (uint Uid, bool IsAnyone) Expected(SidecarUid given)
    {
        var owner = new BesideFile(Beside(FixedNames.TokenFile), Files.Read, Output.Error).Owner();
        var uid = given.Uid ?? owner ?? SidecarUid.Default;

        if (given.IsAnyone || uid != UserNamespace.Overflow || UserNamespace.MapsEveryUser(Files.ReadKernel("/proc/self/uid_map")))
        {
            return (uid, given.IsAnyone);
        }

        Output.Error("Cannot tell which user listens on the sidecar's socket: the owner of the token file has no number in this user "
            + "namespace. The token may reach another program than the sidecar; --sidecar-uid any hides this warning.");
        return (uid, true);
    }

    private static string? Beside(string name) => Files.OwnDirectory() is { } directory ? $"{directory}/{name}" : null;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
