using System.Text;

namespace CredentialSidecar.Launcher.Forwarding;

/// <summary>The packet with which the launcher starts its forwarder.</summary>
internal unsafe struct ForwardOrder
{
    /// <summary>Bytes of the path of a Unix socket, with a zero byte behind it (unix(7)).</summary>
    public const int PathSize = 108;

    /// <summary>The port on 127.0.0.1; 0 lets the system choose one.</summary>
    public int Port;

    /// <summary>Who must listen on the socket.</summary>
    public uint SidecarUid;

    /// <summary>Whether any user may listen there.</summary>
    public bool TrustsAnyone;

    /// <summary>Whether the kernel reports the users of connections here.</summary>
    public bool KnowsUsers;

    public fixed byte Path[PathSize];

    public static ForwardOrder Of(string path, int port, uint sidecarUid, bool trustsAnyone, bool knowsUsers)
    {
        var order = new ForwardOrder { Port = port, SidecarUid = sidecarUid, TrustsAnyone = trustsAnyone, KnowsUsers = knowsUsers };
        Encoding.Latin1.GetBytes(path, new Span<byte>(order.Path, PathSize - 1));
        return order;
    }
}

/// <summary>The packet with which the forwarder answers once it listens, or cannot.</summary>
internal struct ForwardReply
{
    /// <summary>The error number; 0 for none.</summary>
    public int Error;

    public int Port;
}
