using System.Net;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Endpoint;
using CredentialSidecar.Networking;
using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Commands;

/// <summary>Sees that every address that is to be listened on exists before its ports are opened.</summary>
internal static partial class ConfiguredAddresses
{
    /// <exception cref="AddressMissingException">One does not, even after a while.</exception>
    public static async Task WaitAsync(SidecarSettings settings, ILogger logger, TimeProvider clock, CancellationToken cancellationToken, Func<IPAddress, bool>? isThere = null)
    {
        foreach (var listener in ListenerTable.Of(settings).Where(row => row.AddressKey is not null))
        {
            var (address, name) = (((IPEndPoint)listener.Address).Address, settings.NameOf(listener.AddressKey!));

            if (!await AddressWait.UntilThereAsync(address, clock, () => Log.AddressAwaited(logger, $"{address}", name, AddressWait.Limit.TotalSeconds), isThere, cancellationToken))
            {
                throw new AddressMissingException($"{name} is {address}, an address that this container did not have within {AddressWait.Limit.TotalSeconds:0} s. "
                    + $"Set {name} to one that it has, in Kubernetes by valueFrom fieldRef status.podIP.");
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.AddressAwaited, LogLevel.Warning, "{Address} of {Setting} is not an address of this container yet; waiting for it, at most {Seconds} s.")]
        public static partial void AddressAwaited(ILogger logger, string address, string setting, double seconds);
    }
}

/// <summary>An address to listen on does not exist; exit code 69.</summary>
internal sealed class AddressMissingException(string message) : Exception(message);
