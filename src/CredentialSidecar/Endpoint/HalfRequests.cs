namespace CredentialSidecar.Endpoint;

/// <summary>Keeps a probe's connection from the server until its whole head has arrived: half requests would take the places of probes.</summary>
/// <param name="whole">Takes a connection whose request has arrived.</param>
internal sealed class HalfRequests(Action<PendingConnection> whole, TimeProvider clock)
{
    /// <summary>A probe sends its head within milliseconds.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(20), LaterLook = TimeSpan.FromMilliseconds(250);

    public void Add(PendingConnection connection)
    {
        if (Peek.At(connection).IsWhole)
        {
            whole(connection);
        }
        else
        {
            _ = AwaitAsync(connection);
        }
    }

    // Polls, because waiting for data returns at once while the first half is unread.
    private async Task AwaitAsync(PendingConnection connection)
    {
        var started = clock.GetTimestamp();

        for (var wait = FirstLook; clock.GetElapsedTime(started) < Longest && !connection.State.HasHungUp; wait = wait * 2 < LaterLook ? wait * 2 : LaterLook)
        {
            await Task.Delay(wait, clock);

            if (Peek.At(connection).IsWhole)
            {
                whole(connection);
                return;
            }
        }

        connection.Close();
    }
}
