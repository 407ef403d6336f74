using System.Buffers.Binary;
using System.Text;

namespace CredentialSidecar.Testing.Otlp;

/// <summary>The fields of a protobuf message by their numbers, read without a schema.</summary>
internal sealed class ProtobufMessage
{
    private readonly List<(int Number, ulong Value, ReadOnlyMemory<byte> Bytes)> _fields = [];

    /// <exception cref="InvalidDataException">The bytes are not a protobuf message.</exception>
    public ProtobufMessage(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var tag = Varint(ref bytes);
            var number = (int)(tag >> 3);

            switch (tag & 7)
            {
                case 0:
                    _fields.Add((number, Varint(ref bytes), default));
                    break;
                case 1:
                    _fields.Add((number, BinaryPrimitives.ReadUInt64LittleEndian(Take(ref bytes, 8).Span), default));
                    break;
                case 2:
                    _fields.Add((number, 0, Take(ref bytes, (int)Varint(ref bytes))));
                    break;
                case 5:
                    _fields.Add((number, BinaryPrimitives.ReadUInt32LittleEndian(Take(ref bytes, 4).Span), default));
                    break;
                case var type:
                    throw new InvalidDataException($"wire type {type}");
            }
        }
    }

    public IEnumerable<ProtobufMessage> Messages(int number) =>
        _fields.Where(f => f.Number == number).Select(f => new ProtobufMessage(f.Bytes));

    public bool Has(int number) => _fields.Exists(f => f.Number == number);

    public ulong Number(int number) => _fields.LastOrDefault(f => f.Number == number).Value;

    public double Double(int number) => BitConverter.UInt64BitsToDouble(Number(number));

    public string Text(int number) => Encoding.UTF8.GetString(_fields.LastOrDefault(f => f.Number == number).Bytes.Span);

    public string Hex(int number) => Convert.ToHexString(_fields.LastOrDefault(f => f.Number == number).Bytes.Span);

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> bytes, int count)
    {
        var taken = bytes[..count];
        bytes = bytes[count..];
        return taken;
    }

    private static ulong Varint(ref ReadOnlyMemory<byte> bytes)
    {
        var value = 0UL;

        for (var shift = 0; ; shift += 7)
        {
            var next = Take(ref bytes, 1).Span[0];
            value |= (ulong)(next & 0x7F) << shift;

            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
