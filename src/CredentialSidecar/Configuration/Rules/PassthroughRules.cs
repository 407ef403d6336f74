using System.Collections.Frozen;
using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Configuration.Rules;

/// <summary>Checks that the names in TaskRole are clients, and that forwarding is enabled.</summary>
internal static class PassthroughRules
{
    public static PassthroughSettings Find(SidecarOptions options, IReadOnlyList<ClientSettings> clients, Findings findings)
    {
        var passthrough = options.Passthrough;

        foreach (var (i, name) in passthrough.TaskRole.Index())
        {
            findings.Require(clients.Any(client => client.Name == name), $"Passthrough:TaskRole:{i}",
                $"is {Shown.Quoted(name)}; expected the name of a "
                + $"client{(name == ClientSettings.Default ? "; SIDECAR_TOKEN makes that one" : "")}");
            findings.Require(passthrough.Metadata, $"Passthrough:TaskRole:{i}",
                "is set, but Passthrough:Metadata is not; set it to forward requests");
        }

        // Otherwise the source itself is checked, with the same key.
        if (passthrough.Metadata && options.Source.Kind != SourceKind.TaskRole)
        {
            OwnAddress.Refuse("Source:Endpoint", HttpAddress.Read("Source:Endpoint", options.Source.Endpoint, new Findings()), options,
                findings);
        }

        return new PassthroughSettings(passthrough.Metadata, passthrough.TaskRole.ToFrozenSet(StringComparer.Ordinal),
            options.Source.Endpoint.TrimEnd('/'));
    }
}
