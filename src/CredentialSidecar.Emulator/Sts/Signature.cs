using System.Security.Cryptography;
using System.Text;

namespace CredentialSidecar.Emulator.Sts;

/// <summary>The arithmetic of Signature Version 4.</summary>
internal static class Signature
{
    public static string Compute(string secretAccessKey, AuthorizationHeader header, string timestamp, string canonicalRequest)
    {
        var key = Encoding.UTF8.GetBytes("AWS4" + secretAccessKey);
        foreach (var part in (string[])[header.Date, header.Region, header.Service, header.Terminator])
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonicalRequest)));
        var toSign = $"{AuthorizationHeader.Algorithm}\n{timestamp}\n{header.Scope}\n{hash}";
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)));
    }

    public static bool AreEqual(string one, string other) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));
}
