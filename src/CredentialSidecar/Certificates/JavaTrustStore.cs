using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;

namespace CredentialSidecar.Certificates;

/// <summary>A PKCS#12 file (RFC 7292) with trusted certificates alone, as Java reads one.</summary>
/// <remarks>.NET itself writes such a file only without the attribute that Java needs.</remarks>
internal static class JavaTrustStore
{
    /// <summary>Java's own default. It protects nothing: the file has only certificates.</summary>
    public const string Password = "changeit";

    private const string Data = "1.2.840.113549.1.7.1", CertificateBag = "1.2.840.113549.1.12.10.1.3", X509 = "1.2.840.113549.1.9.22.1",
        FriendlyName = "1.2.840.113549.1.9.20", Sha256 = "2.16.840.1.101.3.4.2.1";

    // Without this attribute, Java ignores a certificate that has no key. Its value is any extended key usage.
    private const string TrustedKeyUsage = "2.16.840.1.113894.746875.1.1", AnyUsage = "2.5.29.37.0";

    private const int Iterations = 2048, Block = 64, MacKey = 3;

    private static readonly Asn1Tag Explicit = new(TagClass.ContextSpecific, 0);

    /// <param name="certificates">DER, each with its alias; null lets Java choose one.</param>
    public static byte[] Of(IEnumerable<(string? Alias, byte[] Certificate)> certificates)
    {
        var bags = Sequence(writer =>
        {
            foreach (var (alias, certificate) in certificates)
            {
                Bag(writer, alias, certificate);
            }
        });
        var safe = Sequence(writer => Content(writer, bags));
        return Sequence(writer =>
        {
            writer.WriteInteger(3);
            Content(writer, safe);
            Mac(writer, safe);
        });
    }

    private static void Bag(AsnWriter writer, string? alias, byte[] certificate)
    {
        using var bag = writer.PushSequence();
        writer.WriteObjectIdentifier(CertificateBag);

        using (writer.PushSequence(Explicit))
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(X509);
            using var value = writer.PushSequence(Explicit);
            writer.WriteOctetString(certificate);
        }

        using var attributes = writer.PushSetOf();
        Attribute(TrustedKeyUsage, () => writer.WriteObjectIdentifier(AnyUsage));

        if (alias is not null)
        {
            Attribute(FriendlyName, () => writer.WriteCharacterString(UniversalTagNumber.BMPString, alias));
        }

        void Attribute(string id, Action value)
        {
            using var attribute = writer.PushSequence();
            writer.WriteObjectIdentifier(id);
            using var values = writer.PushSetOf();
            value();
        }
    }

    private static void Content(AsnWriter writer, byte[] data)
    {
        using var content = writer.PushSequence();
        writer.WriteObjectIdentifier(Data);
        using var value = writer.PushSequence(Explicit);
        writer.WriteOctetString(data);
    }

    private static void Mac(AsnWriter writer, byte[] data)
    {
        var salt = RandomNumberGenerator.GetBytes(20);
        using var mac = writer.PushSequence();

        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(Sha256);
                writer.WriteNull();
            }

            writer.WriteOctetString(HMACSHA256.HashData(Key(salt), data));
        }

        writer.WriteOctetString(salt);
        writer.WriteInteger(Iterations);
    }

    /// <summary>The key of the MAC, RFC 7292, appendix B.2: one block of the digest is as long as the key.</summary>
    private static byte[] Key(byte[] salt)
    {
        byte[] password = [.. Encoding.BigEndianUnicode.GetBytes(Password), 0, 0];
        var key = SHA256.HashData([.. Enumerable.Repeat((byte)MacKey, Block), .. Repeated(salt), .. Repeated(password)]);

        for (var i = 1; i < Iterations; i++)
        {
            key = SHA256.HashData(key);
        }

        return key;
    }

    private static IEnumerable<byte> Repeated(byte[] text) =>
        Enumerable.Range(0, Block * ((text.Length + Block - 1) / Block)).Select(i => text[i % text.Length]);

    private static byte[] Sequence(Action<AsnWriter> write)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);

        using (writer.PushSequence())
        {
            write(writer);
        }

        return writer.Encode();
    }
}
