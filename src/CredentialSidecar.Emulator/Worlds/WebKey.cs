using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace CredentialSidecar.Emulator.Worlds;

/// <summary>A public key of a JWKS document: RSA, or the curve P-256.</summary>
internal sealed record WebKey(
    string Kty,
    string? Kid = null,
    string? Alg = null,
    string? Use = null,
    string? N = null,
    string? E = null,
    string? Crv = null,
    string? X = null,
    string? Y = null)
{
    [JsonIgnore]
    public bool IsValid
    {
        get
        {
            try
            {
                return Verifies([], [], "RS256") is false && Verifies([], [], "ES256") is false && Kty is "RSA" or "EC";
            }
            catch (Exception e) when (e is FormatException or CryptographicException or ArgumentException)
            {
                return false;
            }
        }
    }

    /// <summary>Whether this key made the signature by that algorithm.</summary>
    public bool Verifies(byte[] data, byte[] signature, string algorithm)
    {
        switch (Kty, algorithm)
        {
            case ("RSA", "RS256"):
                using (var rsa = RSA.Create(new RSAParameters { Modulus = Bytes(N), Exponent = Bytes(E) }))
                {
                    return rsa.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
                }

            case ("EC", "ES256"):
                var point = new ECPoint { X = Bytes(X), Y = Bytes(Y) };
                using (var curve = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = point }))
                {
                    return curve.VerifyData(data, signature, HashAlgorithmName.SHA256);
                }

            default:
                return false;
        }
    }

    private static byte[] Bytes(string? text) => Base64Url.DecodeFromChars(text ?? "");
}
