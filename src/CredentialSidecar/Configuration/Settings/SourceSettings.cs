using CredentialSidecar.Configuration.Options;

namespace CredentialSidecar.Configuration.Settings;

/// <summary>The source, as configured at start.</summary>
/// <param name="Endpoint">Where the task role is read; null for other kinds than <see cref="SourceKind.TaskRole"/>.</param>
/// <param name="Token">Sent verbatim in <c>Authorization</c>, if there is one.</param>
/// <param name="TokenFile">Read for each request, since EKS replaces it; takes precedence over <paramref name="Token"/>.</param>
internal sealed record SourceSettings(SourceKind Kind, Uri? Endpoint = null, string? Token = null, string? TokenFile = null)
{
    /// <summary>Bytes of a token that a file may hold.</summary>
    public const int LargestToken = 64 * 1024;

    /// <summary>For <see cref="SourceKind.WebIdentity"/>.</summary>
    public WebIdentitySettings? WebIdentity { get; init; }

    /// <summary>For <see cref="SourceKind.Process"/>.</summary>
    public ProgramSettings? Program { get; init; }

    /// <summary>Whether its credentials may be those of an IAM user, without a session token or an end.</summary>
    public bool MayBeLongTerm => IsLongTerm(Kind);

    /// <summary>Whether a source of that kind may have the credentials of an IAM user.</summary>
    public static bool IsLongTerm(SourceKind kind) => kind is SourceKind.Default or SourceKind.Process;

    /// <summary>Whether it is the ECS agent at that address.</summary>
    public bool IsAgent(string address) => Kind == SourceKind.TaskRole
        && Uri.TryCreate(address, UriKind.Absolute, out var agent) && agent.Authority == Endpoint?.Authority;

    // The default would print the token. A program's arguments may contain secrets.
    public override string ToString() =>
        $"{Kind} {Endpoint?.GetLeftPart(UriPartial.Authority) ?? WebIdentity?.Role.Text ?? Program?.Path}".TrimEnd();
}
