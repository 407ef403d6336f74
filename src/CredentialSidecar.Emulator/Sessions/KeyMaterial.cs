using System.Security.Cryptography;
using System.Text;

namespace CredentialSidecar.Emulator.Sessions;

/// <summary>Keys and ids in the shapes AWS gives them.</summary>
internal static class KeyMaterial
{
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static string AccessKeyId() => "ASIA" + RandomNumberGenerator.GetString(Base32, 16);

    // 30 bytes make exactly 40 characters of base64, without padding.
    public static string SecretAccessKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(30));

    /// <summary>350 to 900 characters. The length varies, since a client must not count on one.</summary>
    public static string SessionToken() =>
        "IQoJb3JpZ2luX2Vj" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(RandomNumberGenerator.GetInt32(252, 660)));

    /// <summary>The unique id of a role (<c>AROA</c>) or user (<c>AIDA</c>): the same for the same ARN, in every run.</summary>
    public static string UniqueId(string prefix, string arn) =>
        prefix + string.Concat(SHA256.HashData(Encoding.UTF8.GetBytes(arn)).Take(17).Select(octet => Base32[octet % 32]));
}
