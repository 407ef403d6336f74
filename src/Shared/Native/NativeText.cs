using System.Runtime.InteropServices;
using System.Text;

namespace CredentialSidecar.Shared.Native;

/// <summary>C strings to strings and back, one char for a byte: nothing is decoded, so nothing is lost.</summary>
internal static unsafe class NativeText
{
    public static string Read(byte* text) => Encoding.Latin1.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));

    public static string[] ReadList(byte** list)
    {
        var texts = new List<string>();

        while (*list is not null)
        {
            texts.Add(Read(*list++));
        }

        return [.. texts];
    }

    /// <summary>Never freed where it is made for a program that takes this one's place.</summary>
    public static byte* Write(string text)
    {
        var bytes = (byte*)NativeMemory.Alloc((nuint)text.Length + 1);
        Encoding.Latin1.GetBytes(text, new Span<byte>(bytes, text.Length));
        bytes[text.Length] = 0;
        return bytes;
    }

    /// <summary>For <see cref="Free"/> where this process goes on.</summary>
    public static byte** WriteList(IReadOnlyList<string> texts)
    {
        var list = (byte**)NativeMemory.Alloc((nuint)(texts.Count + 1) * (nuint)sizeof(byte*));

        for (var i = 0; i < texts.Count; i++)
        {
            list[i] = Write(texts[i]);
        }

        list[texts.Count] = null;
        return list;
    }

    public static void Free(byte** list)
    {
        for (var i = 0; list[i] is not null; i++)
        {
            NativeMemory.Free(list[i]);
        }

        NativeMemory.Free(list);
    }

    public static string Reason(int error) => Read(Libc.strerror(error));
}
