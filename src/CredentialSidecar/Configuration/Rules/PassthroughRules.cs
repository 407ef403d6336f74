using System.Collections.Frozen;
using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Configuration.Rules;

/// <summary>That those who may read the task role are clients, and that anything is passed on at all.</summary>
internal static class PassthroughRules
{
    public static PassthroughSettings Find(SidecarOptions options, IReadOnlyList<ClientSettings> clients, Findings findings)
    {
        var passthrough = options.Passthrough;

        foreach (var (i, name) in passthrough.TaskRole.Index())
        {
            findings.Require(clients.Any(client => client.Name == name), $"Passthrough:TaskRole:{i}",
                $"is {Shown.Quoted(name)}; expected the name of a client{(name == ClientSettings.Default ? "; SIDECAR_TOKEN makes that one" : "")}");
            findings.Require(passthrough.Metadata, $"Passthrough:TaskRole:{i}", "is set, but Passthrough:Metadata is not, without which nothing is passed on");
        }

        return new PassthroughSettings(passthrough.Metadata, passthrough.TaskRole.ToFrozenSet(StringComparer.Ordinal), options.Source.Endpoint.TrimEnd('/'));
    }
}
