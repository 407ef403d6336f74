using System.Text.Json.Serialization;

namespace CredentialSidecar.Emulator.Worlds;

/// <summary>An IAM OIDC provider: an issuer whose tokens the roles of one account may trust.</summary>
/// <param name="Arn"><c>arn:aws:iam::ACCOUNT:oidc-provider/ISSUER</c>; the issuer without <c>https://</c>.</param>
/// <param name="Audiences">The client ids of the provider; a token must be for one of them.</param>
/// <param name="Keys">The public keys of the issuer, as in its JWKS document.</param>
internal sealed record OidcProvider(string Arn, IReadOnlyList<string> Audiences, IReadOnlyList<WebKey> Keys)
{
    public const string Kind = ":oidc-provider/";

    /// <summary>The issuer without <c>https://</c>.</summary>
    [JsonIgnore]
    public string Issuer => Arn[(Arn.IndexOf(Kind, StringComparison.Ordinal) + Kind.Length)..];

    [JsonIgnore]
    public string Account => Arn.Split(':') is [_, _, _, _, var account, ..] ? account : "";

    [JsonIgnore]
    public bool IsValid => Arn.StartsWith("arn:", StringComparison.Ordinal) && Account.Length == 12
        && Arn.Contains($"::{Account}{Kind}", StringComparison.Ordinal) && Issuer.Length > 0;
}
