using CredentialSidecar.Launcher.Native;

namespace CredentialSidecar.Launcher.Forwarding;

/// <summary>Listens on 127.0.0.1 for the program, and copies each connection to the sidecar's Unix socket.</summary>
/// <remarks>
/// It runs in a copy of the launcher without the runtime's other threads. So it must not allocate more than a few messages: a
/// garbage collection would wait for these threads.
/// </remarks>
internal unsafe ref struct Forwarder
{
    /// <summary>Connections at once. For a further one, the one that was idle longest is closed.</summary>
    private const int Most = 64;

    private const int Tick = 20, Rest = 100, AddressSize = 16, Fixed = 2;

    // Most SDKs give up after a second (contract R4).
    private const int LongestWait = 900;

    /// <summary>Longer than the sidecar takes for an answer, so that no answer is on its way.</summary>
    private const int ShortestIdle = 2000;

    private readonly ForwardOrder _order;
    private readonly int _listener, _parent, _port;
    private Link* _links;
    private long _rests;
    private int _told;

    /// <param name="listener">A listening socket.</param>
    /// <param name="parent">A descriptor that becomes readable when the program ends; negative if there is none.</param>
    public Forwarder(in ForwardOrder order, int listener, int port, int parent) =>
        (_order, _listener, _port, _parent) = (order, listener, port, parent);

    /// <summary>Runs until the program ends.</summary>
    /// <param name="parentId">The program's process.</param>
    public void Run(int parentId)
    {
        // Zeroed by the kernel, and touched only where they are used.
        _links = (Link*)Libc.mmap(null, Most * (sizeof(Link) + (2 * Flow.BufferSize)), Libc.ReadAndWrite, Libc.PrivateMemory, -1, 0);
        var buffers = (byte*)(_links + Most);

        for (var i = 0; i < Most; i++)
        {
            _links[i].Up.Buffer = buffers + (i * 2 * Flow.BufferSize);
            _links[i].Down.Buffer = _links[i].Up.Buffer + Flow.BufferSize;
        }

        var waited = stackalloc Libc.Waited[Fixed + (2 * Most)];

        while (Libc.getppid() == parentId)
        {
            var set = new WaitSet(waited);
            var parent = set.Add(_parent, Libc.In);
            var rests = Clock.Milliseconds < _rests;
            var listener = set.Add(rests ? -1 : _listener, Libc.In);
            var timeout = rests ? Rest : _parent < 0 ? 1000 : -1;

            for (var i = 0; i < Most; i++)
            {
                var (client, server) = _links[i].Wanted;
                (_links[i].ClientAt, _links[i].ServerAt) = (set.Add(_links[i].Client, client), set.Add(_links[i].Server, server));
                timeout = _links[i].State is LinkState.Connecting or LinkState.Ending ? Tick : timeout;
            }

            if (!set.Wait(timeout))
            {
                continue;
            }

            if (set.Seen(parent) != 0)
            {
                return;
            }

            for (var i = 0; i < Most; i++)
            {
                Move(ref _links[i], set.Seen(_links[i].ClientAt), set.Seen(_links[i].ServerAt));
            }

            if (set.Seen(listener) != 0)
            {
                Accept();
            }
        }
    }

    /// <returns>A free place; negative if every connection is in use.</returns>
    private readonly int Free(long now)
    {
        var idlest = -1;

        for (var i = 0; i < Most; i++)
        {
            if (_links[i].State == LinkState.Free)
            {
                return i;
            }

            var isIdle = _links[i].IsIdle && now - _links[i].LastUse >= ShortestIdle;
            idlest = isIdle && (idlest < 0 || _links[i].LastUse < _links[idlest].LastUse) ? i : idlest;
        }

        // SDKs open a new connection if a pooled one is closed.
        if (idlest >= 0)
        {
            _links[idlest].Close();
        }

        return idlest;
    }

    private void Move(ref Link link, short client, short server)
    {
        switch (link.State)
        {
            case LinkState.Connecting:
                Connect(ref link);
                break;
            case LinkState.Copying when client != 0 || server != 0:
                link.Copy(client, server, Clock.Milliseconds);
                break;
            case LinkState.Ending when Clock.Milliseconds >= link.Deadline:
                link.Close();
                break;
            case LinkState.Ending:
                link.Finish(client);
                break;
        }
    }

    private void Accept()
    {
        byte* peer = stackalloc byte[AddressSize];
        var (length, now) = (AddressSize, Clock.Milliseconds);
        var free = Free(now);
        var client = free < 0 ? -1 : Libc.accept4(_listener, peer, &length, Libc.NonBlocking | Libc.CloseOnExec);

        if (client < 0)
        {
            // The connection stays in the kernel's queue.
            _rests = now + Rest;
            return;
        }

        var user = Libc.geteuid();
        var isAsked = true;
        var isKnown = !_order.KnowsUsers || ConnectedUser.TryFind(peer, _port, out user, out isAsked);
        _links[free].Begin(client, user, now + LongestWait);

        if (isKnown)
        {
            Connect(ref _links[free]);
        }
        else if (!isAsked)
        {
            Refuse(ref _links[free], ForwardTrouble.Exhausted);
        }
        else if (HasLeft(client))
        {
            // As a port check does.
            _links[free].Close();
        }
        else
        {
            Refuse(ref _links[free], ForwardTrouble.UnknownUser);
        }
    }

    private static bool HasLeft(int client)
    {
        var look = new Libc.Waited { Descriptor = client, Wanted = Libc.PeerClosed };
        return Libc.poll(&look, 1, 0) == 1;
    }

    private void Connect(ref Link link)
    {
        var server = SidecarSocket.Open(_order, link.User, out var trouble);

        if (trouble == ForwardTrouble.None)
        {
            link.Open(server, Clock.Milliseconds);
        }
        else if (!ForwardAnswers.MayPass(trouble) || Clock.Milliseconds >= link.Deadline)
        {
            Refuse(ref link, trouble);
        }
    }

    private void Refuse(ref Link link, ForwardTrouble trouble)
    {
        link.Answer(trouble, Clock.Milliseconds);

        // Once for each kind, since every line allocates.
        if ((_told & (1 << (int)trouble)) == 0)
        {
            _told |= 1 << (int)trouble;
            Output.Error(ForwardAnswers.Line(trouble));
        }
    }
}
