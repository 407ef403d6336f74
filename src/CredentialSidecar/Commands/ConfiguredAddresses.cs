using System.Net;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Endpoint;
using CredentialSidecar.Networking;
using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Commands;

/// <summary>Waits until every address to listen on exists, before the ports are opened.</summary>
internal static partial class ConfiguredAddresses
{
    /// <exception cref="AddressMissingException">An address does not exist within the limit.</exception>
    public static async Task WaitAsync(SidecarSettings settings, ILogger logger, TimeProvider clock, CancellationToken cancellationToken,
        Func<IPAddress, bool>? isThere = null)
    {
        foreach (var listener in ListenerTable.Of(settings).Where(row => row.AddressKey is not null))
        {
            var (address, name) = (((IPEndPoint)listener.Address).Address, settings.NameOf(listener.AddressKey!));

            void Report() => Log.AddressAwaited(logger, $"{address}", name, AddressWait.Limit.TotalSeconds);

            if (!await AddressWait.UntilThereAsync(address, clock, Report, isThere, cancellationToken))
            {
                throw new AddressMissingException(
                    $"{name} is {address}; this container did not get that address within {AddressWait.Limit.TotalSeconds:0} s. "
                    + $"Set {name} to an address of this container, in Kubernetes by valueFrom fieldRef status.podIP.");
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.AddressAwaited, LogLevel.Warning,
            "This container does not have the address {Address} of {Setting} yet; waiting at most {Seconds} s.")]
        public static partial void AddressAwaited(ILogger logger, string address, string setting, double seconds);
    }
}

/// <summary>An address to listen on does not exist; exit code 69.</summary>
internal sealed class AddressMissingException(string message) : Exception(message);
