using CredentialSidecar.Launcher.Arguments;
using CredentialSidecar.Launcher.Listening;
using CredentialSidecar.Launcher.Native;
using CredentialSidecar.Launcher.Waiting;

namespace CredentialSidecar.Launcher.Metadata;

/// <summary>Asks the sidecar's /status for a region, where no task metadata names one.</summary>
internal sealed class SidecarRegion(LaunchSettings settings, ListenerGuard guard, HttpPoll poll)
{
    public string? Ask()
    {
        var port = settings.HealthPort;

        // A stranger's region would lead the program's requests to a host of the stranger's choice.
        if (settings.Endpoint.Secure || guard.Look(port) != Holder.Sidecar)
        {
            return null;
        }

        var exchange = HttpExchange.Begin(Endpoint.LoopbackBytes, port, HttpRequest.Get(port, "/status"));
        return Region.InStatus(poll.Await(exchange), settings.Destination);
    }
}
