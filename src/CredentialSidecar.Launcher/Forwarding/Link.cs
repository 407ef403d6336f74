namespace CredentialSidecar.Launcher.Forwarding;

/// <summary>How far a forwarded connection is.</summary>
internal enum LinkState
{
    Free,

    /// <summary>The sidecar's socket cannot be opened yet.</summary>
    Connecting,
    Copying,

    /// <summary>The last answer is on its way, and the program's remaining bytes are dropped.</summary>
    Ending,
}

/// <summary>A connection of the program, and the one to the sidecar that belongs to it.</summary>
internal unsafe struct Link
{
    /// <summary>The time to send the last answer, and for the program to close its side, in milliseconds.</summary>
    private const int LongestEnd = 1000;

    public LinkState State;
    public int Client, Server;

    /// <summary>The places of the two ends in the <see cref="WaitSet"/>; negative for none.</summary>
    public int ClientAt, ServerAt;

    /// <summary>The user who connected, as whom the sidecar's socket is opened.</summary>
    public uint User;

    /// <summary>When to give up connecting, or to close.</summary>
    public long Deadline;

    /// <summary>When something was copied last, in milliseconds.</summary>
    public long LastUse;

    /// <summary>Whether nothing is in flight, as between the requests of a pooled connection.</summary>
    public readonly bool IsIdle => State == LinkState.Copying && Up.WantsBytes && Down.WantsBytes;

    /// <summary>From the program to the sidecar, and back.</summary>
    public Flow Up, Down;

    public void Begin(int client, uint user, long deadline)
    {
        (State, Client, Server, User, Deadline) = (LinkState.Connecting, client, -1, user, deadline);
        (Up, Down) = (new Flow { Buffer = Up.Buffer }, new Flow { Buffer = Down.Buffer });
    }

    public void Open(int server, long now) => (State, Server, LastUse) = (LinkState.Copying, server, now);

    /// <summary>What to wait for at the two ends.</summary>
    public readonly (short Client, short Server) Wanted => State switch
    {
        LinkState.Copying => (Events(Up.WantsBytes, Down.HasBytes), Events(Down.WantsBytes, Up.HasBytes)),
        LinkState.Ending => (Events(true, Down.HasBytes), 0),
        _ => (0, 0),
    };

    /// <summary>Copies what has arrived.</summary>
    public void Copy(short client, short server, long now)
    {
        if ((client & (Libc.Failed | Libc.HungUp)) != 0)
        {
            // The program is gone, and poll would report that again and again.
            Close();
            return;
        }

        LastUse = now;
        var hasClient = client == 0 || !Up.WantsBytes || Up.Receive(Client);

        // The sidecar may answer and close before it has read the whole request. Its answer still counts.
        if (server != 0 && Down.WantsBytes && !Down.Receive(Server))
        {
            Down.HasEnded = true;
        }

        if (Up.HasBytes && !Up.Send(Server))
        {
            Up.Drop();
        }

        if (!hasClient || (Down.HasBytes && !Down.Send(Client)))
        {
            Close();
        }
        else if (Down is { HasEnded: true, HasBytes: false })
        {
            End(now);
        }
        else if (Up is { HasEnded: true, HasBytes: false })
        {
            _ = Libc.shutdown(Server, Libc.ShutWrite);
        }
    }

    /// <summary>Answers in the sidecar's place.</summary>
    public void Answer(ForwardTrouble trouble, long now)
    {
        ReadOnlySpan<byte> begin = ForwardAnswers.Begin(trouble), end = ForwardAnswers.End(trouble);
        var message = ForwardAnswers.Message(trouble);
        var length = begin.Length + message.Length + end.Length;
        Down.Put(ForwardAnswers.Head(trouble));
        Down.Put("Content-Type: application/json\r\nCache-Control: no-store\r\nConnection: close\r\nContent-Length: "u8);
        Down.Put([Digit(length / 100), Digit(length / 10), Digit(length)]);
        Down.Put("\r\n\r\n"u8);
        Down.Put(begin);
        Down.Put(message);
        Down.Put(end);
        End(now);
    }

    /// <summary>Sends the rest of an answer, and drops what the program still sends, since a reset could reach it first.</summary>
    public void Finish(short client)
    {
        if (Down.HasBytes && !Down.Send(Client))
        {
            Close();
            return;
        }

        if (!Down.HasBytes)
        {
            _ = Libc.shutdown(Client, Libc.ShutWrite);
        }

        if (client != 0 && (!Up.Receive(Client) || Up.HasEnded))
        {
            Close();
        }
    }

    public void Close()
    {
        _ = Libc.close(Client);
        _ = Server < 0 ? 0 : Libc.close(Server);
        State = LinkState.Free;
    }

    private void End(long now)
    {
        _ = Server < 0 ? 0 : Libc.close(Server);
        (State, Server, Deadline) = (LinkState.Ending, -1, now + LongestEnd);
        Finish(0);
    }

    private static byte Digit(int number) => (byte)('0' + (number % 10));

    private static short Events(bool reads, bool writes) => (short)((reads ? Libc.In : 0) | (writes ? Libc.Out : 0));
}
