using System.Globalization;
using System.Text;

namespace CredentialSidecar.Supervisor.Native;

/// <summary>The listening sockets that the program handed over, and the socket that carries them.</summary>
/// <remarks>
/// One packet each: "K" with a descriptor (SCM_RIGHTS) to keep, "D" and a number to drop an inherited one.
/// The supervisor does not answer: the kernel keeps queued packets even after the sender has ended.
/// </remarks>
internal sealed unsafe class HandOver
{
    // Far more than the number of addresses and ports of a server.
    private const int Most = 64;

    // CMSG_LEN(4): a header of 16 bytes and one number. The padding would leave room for a second descriptor, which would stay open.
    private const nuint OneDescriptor = 20;

    private readonly List<int> _listeners = [];

    public IReadOnlyList<int> Listeners => _listeners;

    /// <summary>The end of this process; -1 where there is none.</summary>
    public int Own { get; private set; } = -1;

    /// <summary>The end that the program inherits.</summary>
    public int Programs { get; private set; } = -1;

    public bool Open()
    {
        int* pair = stackalloc int[2];

        if (Libc.socketpair(Libc.UnixFamily, Libc.PacketSocket | Libc.CloseOnExec, 0, pair) != 0)
        {
            return false;
        }

        (Own, Programs) = (pair[0], pair[1]);
        return true;
    }

    /// <summary>Closes the program's end here, so that each process notices when the other has ended.</summary>
    public void GiveAway()
    {
        _ = Libc.close(Programs);
        Programs = -1;
    }

    public void Close()
    {
        _ = Libc.close(Own);
        Own = -1;
    }

    /// <summary>Reads all queued packets.</summary>
    /// <returns>False once the program has closed its end.</returns>
    public bool Receive()
    {
        byte* text = stackalloc byte[16];
        Libc.ControlMessage control;
        var buffer = new Libc.Buffer { Start = text, Length = 16 };

        while (true)
        {
            control = default;
            var message = new Libc.MessageHeader
            {
                Buffers = &buffer,
                BufferCount = 1,
                Control = (byte*)&control,
                ControlLength = OneDescriptor,
            };
            var length = Libc.recvmsg(Own, &message, Libc.DoNotWait | Libc.CloseOnExecReceived);

            if (length <= 0)
            {
                return length < 0;
            }

            var hasDescriptor = control is { Level: Libc.SocketLevel, Type: Libc.Rights };
            Take(Encoding.Latin1.GetString(text, (int)length), hasDescriptor ? control.Descriptor : -1);
        }
    }

    private void Take(string text, int descriptor)
    {
        if (descriptor >= 0 && text == "K" && _listeners.Count < Most)
        {
            _listeners.Add(descriptor);
            return;
        }

        if (text[0] == 'D'
            && int.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var dropped)
            && _listeners.Remove(dropped))
        {
            _ = Libc.close(dropped);
        }

        _ = descriptor >= 0 ? Libc.close(descriptor) : 0;
    }
}
