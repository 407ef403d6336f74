using System.Net;
using CredentialSidecar.Access;
using CredentialSidecar.Networking;

namespace CredentialSidecar.Endpoint;

/// <summary>Decides the order in which a listener's connections are served: clients at once, the others in turn.</summary>
/// <param name="listener">The listener that accepted them.</param>
/// <param name="room">The budget for waiting connections.</param>
/// <param name="budget">The budget for started connections.</param>
/// <param name="strangers">Connections without a valid token that wait for their turn.</param>
/// <param name="halves">Probes whose request has not fully arrived.</param>
/// <param name="start">Passes a connection to Kestrel.</param>
/// <param name="hasTime">Whether few connections wait to be accepted; a client on a busy machine then has more time to send its
/// request.</param>
internal sealed class Reception(
    Listener listener, ConnectionBudget room, ConnectionBudget budget, Visitors visitors, StrangersQueue strangers, HalfRequests halves,
    Action<PendingConnection, string?> start, Func<bool> hasTime) : IDisposable
{
    /// <summary>Takes an accepted connection. Waits only if very recent connections hold every place.</summary>
    /// <param name="fd">Its non-blocking socket, which this object closes.</param>
    public void Receive(int fd, IPAddress peer, CancellationToken end)
    {
        var (hasData, hasHungUp) = RawSocket.Look(fd);

        if (hasHungUp && visitors.IsLost(fd, peer, listener, strangers.IsBusy))
        {
            visitors.HungUp(peer);
            _ = Libc.Close(fd);
            return;
        }

        var connection = new PendingConnection(fd, peer, room, budget, visitors.PeerOf);

        if (!Wait(room.AdmitAsync(connection.Waiting, end, hasTime)))
        {
            // A reset, so that the kernel keeps no state.
            RawSocket.Reset(fd);
        }
        else if (hasData || hasHungUp)
        {
            Arrived(connection);
        }
        else
        {
            connection.Await(Arrived);
        }
    }

    /// <summary>Closes connections without a request under way, so that a partial request does not delay the stop.</summary>
    public void CloseStrangers()
    {
        room.CloseStrangers();
        budget.CloseStrangers();
    }

    public void Dispose() => strangers.Dispose();

    private static bool Wait(ValueTask<bool> task) => task.IsCompleted ? task.Result : task.AsTask().GetAwaiter().GetResult();

    /// <summary>Handles the first bytes of a connection, or its end.</summary>
    private void Arrived(PendingConnection connection)
    {
        if (listener.IsProbed)
        {
            halves.Add(connection);
            return;
        }

        if (!listener.IsReadable)
        {
            strangers.Add(connection);
            return;
        }

        var request = Peek.At(connection);

        if (visitors.ClientOf(request, connection.Peer) is { } client)
        {
            start(connection, client);
        }
        else if (visitors.MustWait(request, connection.Waiting.Address))
        {
            _ = DelayAsync(connection);
        }
        else
        {
            strangers.Add(connection);
        }
    }

    /// <summary>Delays a rejection here, where waiting costs less than in Kestrel.</summary>
    private async Task DelayAsync(PendingConnection connection)
    {
        connection.Guest.HasWaited = true;
        room.Distrust(connection.Waiting);
        await visitors.DelayAsync(connection.Guest.Address);

        if (connection.State.HasHungUp)
        {
            visitors.Leave(connection);
        }
        else
        {
            strangers.Add(connection);
        }
    }
}
