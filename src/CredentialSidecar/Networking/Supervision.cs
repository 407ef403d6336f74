using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CredentialSidecar.Networking;

/// <summary>
/// The supervisor that started this process. It holds the listening sockets, and passes them to the next process if this one dies.
/// </summary>
internal sealed class Supervision
{
    // linux/prctl.h, signal.h, fcntl.h; the type of socket that keeps packets apart.
    private const int ParentDeathSignal = 1, Kill = 9, SetDescriptorFlags = 2, CloseOnExec = 1;
    private const int SequencedPackets = 5, DoNotWait = 0x40, Peek = 2, AcceptsConnections = 30;

    private readonly int _control;
    private readonly List<Socket> _inherited = [];

    private Supervision(int control, IEnumerable<int> listeners)
    {
        _control = control;

        foreach (var descriptor in listeners)
        {
            // Programs that the SDK starts, and nft, must not inherit a port.
            _ = Libc.FileControl(descriptor, SetDescriptorFlags, CloseOnExec);
            if (IsListening(descriptor))
            {
                _inherited.Add(new Socket(new SafeSocketHandle(descriptor, ownsHandle: true)));
            }
        }

        IsRestart = _inherited.Count > 0;
    }

    /// <summary>Whether a previous process died and the supervisor held its ports in between.</summary>
    public bool IsRestart { get; }

    /// <summary>Whether the supervisor is alive. If it died before PR_SET_PDEATHSIG was set, no process holds the ports.</summary>
    public bool IsHeld
    {
        get
        {
            Span<byte> one = stackalloc byte[1];
            return Libc.Receive(_control, one, one.Length, DoNotWait | Peek) != 0;
        }
    }

    /// <summary>Takes over the sockets from the supervisor, and makes this process die with the supervisor.</summary>
    /// <returns>Null if no supervisor started this process.</returns>
    public static Supervision? Join((string? Control, string? Listeners) given)
    {
        if (!TryParse(given.Control, out var control) || TypeOf(control) != SequencedPackets)
        {
            return null;
        }

        _ = Libc.FileControl(control, SetDescriptorFlags, CloseOnExec);
        _ = Libc.Control(ParentDeathSignal, Kill, 0, 0, 0);
        return new Supervision(
            control,
            from text in given.Listeners?.Split(',') ?? []
            let descriptor = TryParse(text, out var number) ? number : -1
            where descriptor >= 0
            select descriptor);
    }

    /// <summary>The socket of an address: the inherited one, or a new one, which the supervisor holds before clients can connect.</summary>
    /// <param name="bind">Creates a new socket.</param>
    public Socket Open(EndPoint endpoint, Func<EndPoint, Socket> bind)
    {
        if (_inherited.Find(socket => Fits(socket, (IPEndPoint)endpoint)) is { } inherited)
        {
            _inherited.Remove(inherited);
            return inherited;
        }

        var socket = bind(endpoint);

        // While it does not listen, another process could bind the same port and listen first. Kestrel sets its own backlog later.
        socket.Listen();
        return Libc.SendDescriptor(_control, "K"u8, Descriptor(socket))
            ? socket
            : throw new IOException("the supervisor did not take a listening socket");
    }

    /// <summary>Closes inherited sockets that no listener uses, here and in the supervisor.</summary>
    public void DropUnused()
    {
        foreach (var socket in _inherited)
        {
            var message = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"D{Descriptor(socket)}"));
            _ = Libc.Send(_control, message, message.Length, DoNotWait);
            socket.Dispose();
        }

        _inherited.Clear();
    }

    // For a port that the system chose, take the first socket on that address, since the order of listeners is fixed.
    private static bool Fits(Socket socket, IPEndPoint wanted) =>
        socket.LocalEndPoint is IPEndPoint own && own.Address.Equals(wanted.Address) && (wanted.Port == 0 || own.Port == wanted.Port);

    private static int Descriptor(Socket socket) => socket.SafeHandle.DangerousGetHandle().ToInt32();

    private static bool TryParse(string? text, out int descriptor) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out descriptor);

    private static int TypeOf(int descriptor) => Option(descriptor, Libc.SoType);

    // A user may set the variable by hand to any value.
    private static bool IsListening(int descriptor) => Option(descriptor, AcceptsConnections) == 1;

    private static int Option(int descriptor, int option)
    {
        Span<byte> value = stackalloc byte[4];
        var length = value.Length;
        return Libc.GetOption(descriptor, Libc.SolSocket, option, value, ref length) == 0 ? BitConverter.ToInt32(value) : -1;
    }
}
