using System.Runtime.InteropServices;
using System.Text;

namespace CredentialSidecar.Launcher.Native;

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

    /// <summary>Never freed: it is made for a program that takes this one's place.</summary>
    public static byte* Write(string text)
    {
        var bytes = (byte*)NativeMemory.Alloc((nuint)text.Length + 1);
        Encoding.Latin1.GetBytes(text, new Span<byte>(bytes, text.Length));
        bytes[text.Length] = 0;
        return bytes;
    }

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

    public static string Reason(int error) => Read(Libc.strerror(error));
}
