using System.Text.Json;
using CredentialSidecar.Emulator.Worlds;

namespace CredentialSidecar.Tests.Emulator;

/// <summary>Credentials as a client holds them.</summary>
internal sealed record Keys(string AccessKeyId, string SecretAccessKey, string? Token = null, string? Expiration = null)
{
    public static Keys Developer { get; } = new(DefaultWorld.AccessKeyId, DefaultWorld.SecretAccessKey);

    public static Keys FromAgent(string json)
    {
        using var document = JsonDocument.Parse(json);
        return new Keys(Text("AccessKeyId"), Text("SecretAccessKey"), Text("Token"), Text("Expiration"));

        string Text(string name) => document.RootElement.GetProperty(name).GetString()!;
    }
}
