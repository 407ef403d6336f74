using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using CredentialSidecar.Emulator.Worlds;

namespace CredentialSidecar.Emulator.Sts;

/// <summary>A JSON web token: its header, its claims, and the signature over both.</summary>
internal sealed record JsonWebToken(
    string Algorithm, string? KeyId, string Issuer, string Subject, IReadOnlyList<string> Audiences, long Expiration,
    byte[] Signed, byte[] Signature)
{
    /// <exception cref="StsException">The text is not such a token.</exception>
    public static JsonWebToken Parse(string text)
    {
        try
        {
            var parts = text.Split('.');
            using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0]));
            using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
            var (top, claims) = (header.RootElement, payload.RootElement);

            return new JsonWebToken(
                top.GetProperty("alg").GetString()!,
                top.TryGetProperty("kid", out var kid) ? kid.GetString() : null,
                claims.GetProperty("iss").GetString()!,
                claims.GetProperty("sub").GetString()!,
                Texts(claims.GetProperty("aud")),
                claims.GetProperty("exp").GetInt64(),
                Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"),
                Base64Url.DecodeFromChars(parts[2]));
        }
        catch (Exception e) when (
            e is JsonException or FormatException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            throw StsException.InvalidToken(
                "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)");
        }
    }

    /// <summary>Whether one of the provider's keys made the signature. A token without an algorithm is never right.</summary>
    public bool IsSignedBy(OidcProvider provider) => provider.Keys
        .Where(key => KeyId is null || key.Kid is null || key.Kid == KeyId)
        .Any(key => key.Verifies(Signed, Signature, Algorithm));

    private static string[] Texts(JsonElement claim) => claim.ValueKind == JsonValueKind.Array
        ? [.. claim.EnumerateArray().Select(one => one.GetString()!)]
        : [claim.GetString()!];
}
