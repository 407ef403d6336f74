using System.Net;

namespace CredentialSidecar.Configuration;

/// <summary>Ports, addresses and times.</summary>
internal static class ListenRules
{
    public static void Check(SidecarOptions options, ConfigurationLayers layers, Findings findings)
    {
        Port("Listen:Port", options.Listen.Port);
        Port("Health:Port", options.Health.Port);
        Require(options.Listen.Port != options.Health.Port || options.Listen.Port == 0, "Health:Port", $"is {options.Health.Port}, and so is {layers.NameOf("Listen:Port")}; they need two ports");
        Require(IPAddress.TryParse(options.Health.Address, out _), "Health:Address", $"is '{options.Health.Address}', expected an IP address");

        for (var i = 0; i < options.Listen.Addresses.Count; i++)
        {
            Require(IPAddress.TryParse(options.Listen.Addresses[i], out _), $"Listen:Addresses:{i}", $"is '{options.Listen.Addresses[i]}', expected an IP address");
        }

        var refresh = options.Refresh;
        Between("Drain", options.Drain, TimeSpan.Zero, TimeSpan.FromSeconds(120));
        Between("Refresh:MinimumRemaining", refresh.MinimumRemaining, TimeSpan.FromMinutes(16), TimeSpan.FromMinutes(50));
        Between("Refresh:StartSpread", refresh.StartSpread, TimeSpan.Zero, TimeSpan.FromSeconds(60));
        Require(refresh.RenewAtFraction is >= 0.1 and <= 0.9, "Refresh:RenewAtFraction", $"is {refresh.RenewAtFraction}, expected 0.1 to 0.9");
        Require(refresh.JitterFraction is >= 0 and <= 0.5, "Refresh:JitterFraction", $"is {refresh.JitterFraction}, expected 0 to 0.5");

        void Port(string path, int port) => Require(port is >= 0 and <= 65535, path, $"is {port}, expected a port, 0 to 65535");

        void Between(string path, TimeSpan value, TimeSpan least, TimeSpan most) =>
            Require(value >= least && value <= most, path, $"is {Durations.Format(value)}, expected {Durations.Format(least)} to {Durations.Format(most)}");

        void Require(bool holds, string path, string text) => findings.Require(holds, layers.NameOf(path), text);
    }
}
