using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CredentialSidecar.Testing;

/// <summary>An OIDC issuer with an EC key, as a cluster is one for its service accounts.</summary>
internal sealed class WebTokens : IDisposable
{
    public const string Issuer = "oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE";
    public const string Subject = "system:serviceaccount:orders:orders";
    public const string Audience = "sts.amazonaws.com";
    public const string Role = "arn:aws:iam::111122223333:role/orders-pod";
    public const string Provider = $"arn:aws:iam::111122223333:oidc-provider/{Issuer}";

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string X => Base64Url.EncodeToString(_key.ExportParameters(false).Q.X);

    public string Y => Base64Url.EncodeToString(_key.ExportParameters(false).Q.Y);

    /// <param name="change">Changes the claims before they are signed.</param>
    public string Sign(DateTimeOffset expiration, Action<JsonObject>? change = null)
    {
        var claims = new JsonObject
        {
            ["iss"] = $"https://{Issuer}",
            ["sub"] = Subject,
            ["aud"] = new JsonArray(JsonValue.Create(Audience)),
            ["exp"] = expiration.ToUnixTimeSeconds(),
            ["jti"] = Guid.NewGuid().ToString(),
        };
        change?.Invoke(claims);
        var signed = $"{Encode("""{"alg":"ES256","kid":"1","typ":"JWT"}""")}.{Encode(claims.ToJsonString())}";
        return $"{signed}.{Base64Url.EncodeToString(_key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
    }

    /// <summary>A world of the emulator in which the token's role may assume <paramref name="destination"/>.</summary>
    public string World(string destination) => JsonSerializer.Serialize(new JsonObject
    {
        ["TaskRole"] = Role,
        ["OidcProviders"] = new JsonArray((JsonNode)new JsonObject
        {
            ["Arn"] = Provider,
            ["Audiences"] = new JsonArray(JsonValue.Create(Audience)),
            ["Keys"] = new JsonArray((JsonNode)new JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["kid"] = "1", ["x"] = X, ["y"] = Y }),
        }),
        ["Roles"] = new JsonArray(
            new JsonObject
            {
                ["Arn"] = Role,
                ["Trust"] = new JsonArray((JsonNode)new JsonObject
                {
                    ["Principals"] = new JsonArray(),
                    ["Federated"] = new JsonArray(JsonValue.Create(Provider)),
                    ["Audience"] = Audience,
                    ["Subject"] = Subject,
                }),
                ["Permissions"] = new JsonArray((JsonNode)new JsonObject
                {
                    ["Actions"] = new JsonArray(JsonValue.Create("sts:AssumeRole")),
                    ["Resources"] = new JsonArray(JsonValue.Create(destination)),
                }),
            },
            new JsonObject
            {
                ["Arn"] = destination,
                ["Trust"] = new JsonArray((JsonNode)new JsonObject { ["Principals"] = new JsonArray(JsonValue.Create(Role)) }),
            }),
    });

    public void Dispose() => _key.Dispose();

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
