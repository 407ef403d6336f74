using System.Net;
using System.Net.Sockets;
using CredentialSidecar.Configuration.Reading;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Endpoint;

namespace CredentialSidecar.Commands;

/// <summary>Names the address that could not be opened, the process that holds it, and the setting to change.</summary>
internal static class PortUnavailable
{
    /// <exception cref="PortUnavailableException">An address cannot be listened on.</exception>
    public static async Task StartAsync(WebApplication app, SidecarSettings settings, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (ListenException e)
        {
            throw new PortUnavailableException(
                Describe(e, settings, e.Address is IPEndPoint address ? PortHolder.Find(address) : null));
        }
    }

    /// <param name="holder">The process that holds the address; null if unknown.</param>
    public static string Describe(ListenException failure, SidecarSettings settings, string? holder)
    {
        var (address, row) = (failure.Address, failure.Row);
        var setting = ShortNames.Of(row.Key, settings.NameOf);

        return failure.Error switch
        {
            null => $"The sidecar cannot open the socket {address}: {failure.Message}. "
                + $"It is in a shared directory, because {setting} is true.",
            SocketError.AddressAlreadyInUse =>
                $"{address} is already in use{(holder is null ? "" : $" by {holder}")}. Set {setting} to {Value(row, "a free port")}.",
            SocketError.AccessDenied =>
                $"The sidecar may not listen on {address}: {failure.Message}. Set {setting} to {Value(row, "a port from 1024 up")}.",
            _ => $"The sidecar cannot listen on {address}: {failure.Message}. Check {setting} and the addresses of this container.",
        };
    }

    // The init container made the rules, so it needs the same port.
    private static string Value(Listener row, string port) => row.User is { } user
        ? $"{user.Destination}:PORT with {port}, here and for intercept up"
        : port;
}
