namespace CredentialSidecar.Endpoint;

/// <summary>Holds back a probe's connection until all headers have arrived, so that partial requests do not block other probes.</summary>
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

    // Polls, because waiting for data returns at once while earlier data is unread.
    private async Task AwaitAsync(PendingConnection connection)
    {
        var started = clock.GetTimestamp();

        var wait = FirstLook;

        while (clock.GetElapsedTime(started) < Longest && !connection.State.HasHungUp)
        {
            await Task.Delay(wait, clock);
            wait = wait * 2 < LaterLook ? wait * 2 : LaterLook;

            if (Peek.At(connection).IsWhole)
            {
                whole(connection);
                return;
            }
        }

        connection.Close();
    }
}
