using System.Net;
using CredentialSidecar.Access;
using CredentialSidecar.Networking;

namespace CredentialSidecar.Endpoint;

/// <summary>Decides in which order the connections of one listener are served: clients' at once, strangers' in turn.</summary>
/// <param name="listener">Where they come in.</param>
/// <param name="room">Finds a place for each that waits.</param>
/// <param name="budget">Finds a place for each that starts.</param>
/// <param name="strangers">Those that wait for their turn.</param>
/// <param name="halves">Probes whose request has not arrived.</param>
/// <param name="start">Gives a connection to Kestrel.</param>
/// <param name="hasTime">Whether few connections wait to be accepted. A client of a busy machine then has more time to send its request.</param>
internal sealed class Reception(
    Listener listener, ConnectionBudget room, ConnectionBudget budget, Visitors visitors, StrangersQueue strangers, HalfRequests halves, Action<PendingConnection, string?> start, Func<bool> hasTime) : IDisposable
{
    /// <summary>Takes an accepted connection. This waits only where every place is taken by connections that came just now.</summary>
    /// <param name="fd">Its socket, which does not block and which this closes.</param>
    public void Receive(int fd, IPAddress peer, CancellationToken end)
    {
        var (hasData, hasHungUp) = RawSocket.Look(fd);

        if (hasHungUp && visitors.IsLost(fd, peer, listener, strangers.IsBusy))
        {
            visitors.HungUp(peer);
            _ = Libc.Close(fd);
            return;
        }

        var connection = new PendingConnection(fd, peer, room, budget);

        if (!Wait(room.AdmitAsync(connection.Waiting, end, hasTime)))
        {
            // A reset: nothing stays behind, not even for the kernel.
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

    /// <summary>Closes connections that no request is answered on, so that half of one does not hold up the end.</summary>
    public void CloseStrangers()
    {
        room.CloseStrangers();
        budget.CloseStrangers();
    }

    public void Dispose() => strangers.Dispose();

    private static bool Wait(ValueTask<bool> task) => task.IsCompleted ? task.Result : task.AsTask().GetAwaiter().GetResult();

    /// <summary>The first bytes of a connection are there, or its end.</summary>
    private void Arrived(PendingConnection connection)
    {
        if (listener.IsProbed)
        {
            halves.Add(connection);
            return;
        }

        if (listener.Kind != ListenerKind.Credentials)
        {
            strangers.Add(connection);
            return;
        }

        var request = Peek.At(connection);

        if (visitors.ClientOf(request) is { } client)
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

    /// <summary>Lets it wait for its rejection here, where that costs nothing, and not with Kestrel.</summary>
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
