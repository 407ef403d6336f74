using CredentialSidecar.Launcher.Native;

namespace CredentialSidecar.Launcher.Metadata;

/// <summary>Queries both versions of instance metadata during the wait, and adds at most 50 ms to a start.</summary>
internal sealed class InstanceLook(HttpPoll poll)
{
    // The clock moves in steps of 4 ms, so this is at most 50.
    private const int MostAdded = 45;

    private readonly List<HttpExchange> _exchanges = [];

    public void Begin()
    {
        foreach (var request in (string[])[InstanceMetadata.TokenRequest, InstanceMetadata.ListRequest])
        {
            _exchanges.Add(poll.Add(HttpExchange.Begin(InstanceMetadata.Host, 80, request)));
        }
    }

    /// <returns>Whether EC2 answered. False where no request was sent.</returns>
    public bool End()
    {
        var end = Environment.TickCount64 + MostAdded;
        var isReachable = false;

        foreach (var exchange in _exchanges)
        {
            isReachable |= InstanceMetadata.IsEc2(poll.Await(exchange, (int)Math.Max(end - Environment.TickCount64, 0)));
        }

        return isReachable;
    }
}
