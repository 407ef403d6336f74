using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace CredentialSidecar.Chains;

/// <summary>What makes two nodes the same: a SHA-256 over every input of the hop and of all hops before it.</summary>
/// <remarks>This is the boundary between tenants: two chains with different external ids never share a session.</remarks>
internal readonly record struct NodeIdentity
{
    private readonly UInt128 _high;
    private readonly UInt128 _low;

    private NodeIdentity(ReadOnlySpan<byte> hash) =>
        (_high, _low) = (BinaryPrimitives.ReadUInt128BigEndian(hash), BinaryPrimitives.ReadUInt128BigEndian(hash[16..]));

    /// <summary>The source itself, before the first hop.</summary>
    public static NodeIdentity Source { get; }

    /// <summary>The identity of a hop that this node signs.</summary>
    public NodeIdentity Of(Hop hop)
    {
        Span<byte> before = stackalloc byte[32];
        BinaryPrimitives.WriteUInt128BigEndian(before, _high);
        BinaryPrimitives.WriteUInt128BigEndian(before[16..], _low);
        return new NodeIdentity(SHA256.HashData([.. before, .. Encoding.UTF8.GetBytes(hop.Identity)]));
    }
}
