using System.Text;

namespace CredentialSidecar.Launcher.Forwarding;

/// <summary>Why a connection is not forwarded.</summary>
internal enum ForwardTrouble
{
    None,

    /// <summary>The socket's file is missing.</summary>
    Missing,

    /// <summary>Nothing listens on the socket.</summary>
    Refused,

    /// <summary>This user may not open the socket.</summary>
    Denied,

    /// <summary>Another user than the sidecar's listens on the socket.</summary>
    Stranger,

    /// <summary>The program runs as another user, whose identity the forwarder cannot take.</summary>
    OtherUser,

    /// <summary>The kernel does not report the program's user.</summary>
    UnknownUser,

    /// <summary>The forwarder may open no more files.</summary>
    Exhausted,
}

/// <summary>The answers that the forwarder itself gives. They have the form of the sidecar's (contract R8).</summary>
/// <remarks>Bytes of the program, because the forwarder must not allocate.</remarks>
internal static class ForwardAnswers
{
    /// <summary>The code of an answer that only a change of the setup can help.</summary>
    public const string NotForwarded = "NotForwarded";

    /// <summary>Whether the socket may soon work, as during a restart of the sidecar.</summary>
    public static bool MayPass(ForwardTrouble trouble) =>
        trouble is ForwardTrouble.Missing or ForwardTrouble.Refused or ForwardTrouble.Exhausted;

    /// <summary>For the log of the container.</summary>
    public static string Line(ForwardTrouble trouble) => $"Not forwarded: {Encoding.ASCII.GetString(Message(trouble))}";

    public static ReadOnlySpan<byte> Head(ForwardTrouble trouble) => MayPass(trouble)
        ? "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n"u8
        : "HTTP/1.1 403 Forbidden\r\n"u8;

    /// <summary>The body up to its message.</summary>
    public static ReadOnlySpan<byte> Begin(ForwardTrouble trouble) => MayPass(trouble)
        ? "{\"code\":\"SidecarUnreachable\",\"message\":\""u8
        : "{\"code\":\"NotForwarded\",\"message\":\""u8;

    public static ReadOnlySpan<byte> End(ForwardTrouble trouble) => MayPass(trouble)
        ? "\",\"HTTPErrorCode\":503}"u8
        : "\",\"HTTPErrorCode\":403}"u8;

    public static ReadOnlySpan<byte> Message(ForwardTrouble trouble) => trouble switch
    {
        ForwardTrouble.Missing => "The sidecar's Unix socket is missing: the sidecar does not run, its Listen:Socket is not true, "u8
            + "or its shared directory is not mounted here."u8,
        ForwardTrouble.Refused => "Nothing listens on the sidecar's Unix socket: the sidecar does not run. Its log says why."u8,
        ForwardTrouble.Exhausted => "The forwarder of credential-launch may open no more files. Raise the limit of open files "u8
            + "(ulimits nofile in ECS and compose)."u8,
        ForwardTrouble.Denied => "The user of credential-launch may not open the sidecar's Unix socket."u8,
        ForwardTrouble.Stranger => "Another user's program than the expected sidecar listens on the Unix socket. Nothing was sent to it. "u8
            + "If the sidecar runs as that user, pass --sidecar-uid."u8,
        ForwardTrouble.OtherUser => "This program runs as another user than credential-launch, which would lend its identity. "u8
            + "Start credential-launch as root or as the program's user."u8,
        _ => "The kernel does not report the user of this connection. Connect from this network namespace, without a firewall rule "u8
            + "that redirects the connection."u8,
    };
}
