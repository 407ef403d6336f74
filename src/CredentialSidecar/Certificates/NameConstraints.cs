using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace CredentialSidecar.Certificates;

/// <summary>Limits an authority to some hosts (RFC 5280, section 4.2.1.10).</summary>
internal static class NameConstraints
{
    private const string Oid = "2.5.29.30";

    // No DNS name ends with it (RFC 6761). Java rejects the empty name, which would exclude every name.
    private const string NoName = "invalid";

    private static readonly Asn1Tag Permitted = new(TagClass.ContextSpecific, 0), Excluded = new(TagClass.ContextSpecific, 1);
    private static readonly Asn1Tag DnsName = new(TagClass.ContextSpecific, 2), IpAddress = new(TagClass.ContextSpecific, 7);

    /// <param name="hosts">DNS names and IPv4 addresses.</param>
    public static X509Extension Of(ImmutableArray<string> hosts)
    {
        var addresses = hosts.Select(host => IPAddress.TryParse(host, out var address) ? address : null).OfType<IPAddress>().ToArray();
        var names = hosts.Where(host => !IPAddress.TryParse(host, out _)).DefaultIfEmpty(NoName);
        var writer = new AsnWriter(AsnEncodingRules.DER);

        using (writer.PushSequence())
        {
            using (writer.PushSequence(Permitted))
            {
                foreach (var name in names)
                {
                    Subtree(writer, DnsName, Encoding.ASCII.GetBytes(name));
                }

                foreach (var address in addresses)
                {
                    var bytes = address.GetAddressBytes();
                    Subtree(writer, IpAddress, [.. bytes, .. Enumerable.Repeat((byte)0xFF, bytes.Length)]);
                }
            }

            // Addresses that no permitted subtree mentions would otherwise be allowed.
            using (writer.PushSequence(Excluded))
            {
                if (addresses.Length == 0)
                {
                    Subtree(writer, IpAddress, new byte[8]);
                }

                Subtree(writer, IpAddress, new byte[32]);
            }
        }

        return new X509Extension(Oid, writer.Encode(), critical: true);
    }

    private static void Subtree(AsnWriter writer, Asn1Tag tag, byte[] name)
    {
        using (writer.PushSequence())
        {
            writer.WriteOctetString(name, tag);
        }
    }
}
