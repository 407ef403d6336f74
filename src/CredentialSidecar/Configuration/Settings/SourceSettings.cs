using CredentialSidecar.Configuration.Options;

namespace CredentialSidecar.Configuration.Settings;

/// <summary>The source, as configured at start.</summary>
/// <param name="Endpoint">Where the task role is read; null for <see cref="SourceKind.Default"/>.</param>
/// <param name="Token">Sent verbatim in <c>Authorization</c>, if there is one.</param>
/// <param name="TokenFile">Read for each request, since EKS replaces it; takes precedence over <paramref name="Token"/>.</param>
internal sealed record SourceSettings(SourceKind Kind, Uri? Endpoint = null, string? Token = null, string? TokenFile = null)
{
    /// <summary>Bytes of a token that a file may hold.</summary>
    public const int LargestToken = 64 * 1024;

    /// <summary>Whether it is the ECS agent at that address.</summary>
    public bool IsAgent(string address) => Kind == SourceKind.TaskRole
        && Uri.TryCreate(address, UriKind.Absolute, out var agent) && agent.Authority == Endpoint?.Authority;

    // The default would print the token.
    public override string ToString() => $"{Kind} {Endpoint?.GetLeftPart(UriPartial.Authority)}".TrimEnd();
}
