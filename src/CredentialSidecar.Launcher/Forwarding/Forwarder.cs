using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CredentialSidecar.Launcher.Native;

namespace CredentialSidecar.Launcher.Forwarding;

/// <summary>Listens on 127.0.0.1 for the program, and copies each connection to the sidecar's Unix socket.</summary>
/// <remarks>
/// It runs in a copy of the launcher without the runtime's other threads. So it must not allocate more than a few messages: a
/// garbage collection would wait for these threads.
/// </remarks>
internal unsafe ref struct Forwarder
{
    /// <summary>Connections at once; further ones wait in the kernel.</summary>
    private const int Most = 64;

    private const int Backlog = 128, Tick = 20, AddressSize = 16, Fixed = 2;

    // Most SDKs give up after a second (contract R4).
    private const int LongestWait = 900;

    private readonly ForwardOrder _order;
    private readonly int _listener, _parent, _port;
    private Link* _links;
    private int _told;

    /// <param name="listener">A listening socket.</param>
    /// <param name="parent">A descriptor that becomes readable when the program ends; negative if there is none.</param>
    public Forwarder(in ForwardOrder order, int listener, int port, int parent) =>
        (_order, _listener, _port, _parent) = (order, listener, port, parent);

    /// <summary>Runs until the program ends.</summary>
    /// <param name="parentId">The program's process.</param>
    [SkipLocalsInit]
    public void Run(int parentId)
    {
        // On the stack, and touched only if they are used.
        Link* links = stackalloc Link[Most];
        byte* buffers = stackalloc byte[Most * 2 * Flow.BufferSize];
        Libc.Waited* waited = stackalloc Libc.Waited[Fixed + (2 * Most)];
        _links = links;

        for (var i = 0; i < Most; i++)
        {
            links[i] = default;
            links[i].Up.Buffer = buffers + (i * 2 * Flow.BufferSize);
            links[i].Down.Buffer = links[i].Up.Buffer + Flow.BufferSize;
        }

        while (Libc.getppid() == parentId)
        {
            var free = Free();
            waited[0] = new() { Descriptor = _parent, Wanted = Libc.In };
            waited[1] = new() { Descriptor = free < 0 ? -1 : _listener, Wanted = Libc.In };
            var timeout = _parent < 0 ? 1000 : -1;

            for (var i = 0; i < Most; i++)
            {
                var (client, server) = links[i].Wanted;
                waited[Fixed + (2 * i)] = new() { Descriptor = client == 0 ? -1 : links[i].Client, Wanted = client };
                waited[Fixed + (2 * i) + 1] = new() { Descriptor = server == 0 ? -1 : links[i].Server, Wanted = server };
                timeout = links[i].State is LinkState.Connecting or LinkState.Ending ? Tick : timeout;
            }

            _ = Libc.poll(waited, Fixed + (2 * Most), timeout);

            if (waited[0].Seen != 0)
            {
                return;
            }

            for (var i = 0; i < Most; i++)
            {
                Move(ref links[i], waited[Fixed + (2 * i)].Seen, waited[Fixed + (2 * i) + 1].Seen);
            }

            if (waited[1].Seen != 0)
            {
                Accept(ref links[free]);
            }
        }
    }

    private static long Now
    {
        get
        {
            Libc.Time time;
            _ = Libc.clock_gettime(Libc.Monotonic, &time);
            return (time.Seconds * 1000) + (time.Nanoseconds / 1_000_000);
        }
    }

    private readonly int Free()
    {
        for (var i = 0; i < Most; i++)
        {
            if (_links[i].State == LinkState.Free)
            {
                return i;
            }
        }

        return -1;
    }

    private void Move(ref Link link, short client, short server)
    {
        switch (link.State)
        {
            case LinkState.Connecting:
                Connect(ref link);
                break;
            case LinkState.Copying when client != 0 || server != 0:
                link.Copy(client, server, Now);
                break;
            case LinkState.Ending when Now >= link.Deadline:
                link.Close();
                break;
            case LinkState.Ending:
                link.Finish(client);
                break;
        }
    }

    private void Accept(ref Link link)
    {
        byte* peer = stackalloc byte[AddressSize];
        var length = AddressSize;
        var client = Libc.accept4(_listener, peer, &length, Libc.NonBlocking | Libc.CloseOnExec);

        if (client < 0)
        {
            return;
        }

        var own = Libc.geteuid();
        var user = own;
        var isKnown = !_order.KnowsUsers || ConnectedUser.TryFind(peer, _port, out user);
        link.Begin(client, user, Now + LongestWait);

        if (!isKnown)
        {
            Refuse(ref link, ForwardTrouble.UnknownUser);
        }
        else
        {
            Connect(ref link);
        }
    }

    private void Connect(ref Link link)
    {
        var server = SidecarSocket.Open(_order, link.User, out var trouble);

        if (trouble == ForwardTrouble.None)
        {
            link.Open(server);
        }
        else if (!ForwardAnswers.MayPass(trouble) || Now >= link.Deadline)
        {
            Refuse(ref link, trouble);
        }
    }

    private void Refuse(ref Link link, ForwardTrouble trouble)
    {
        link.Answer(trouble, Now);

        // Once for each kind, since every line allocates.
        if ((_told & (1 << (int)trouble)) == 0)
        {
            _told |= 1 << (int)trouble;
            Output.Error(ForwardAnswers.Line(trouble));
        }
    }
}
