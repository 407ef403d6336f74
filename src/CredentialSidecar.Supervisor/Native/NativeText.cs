using System.Runtime.InteropServices;
using System.Text;

namespace CredentialSidecar.Supervisor.Native;

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

    /// <summary>For <see cref="Free"/> once the program that reads it has started.</summary>
    public static byte** WriteList(IReadOnlyList<string> texts)
    {
        var list = (byte**)NativeMemory.Alloc((nuint)(texts.Count + 1) * (nuint)sizeof(byte*));

        for (var i = 0; i < texts.Count; i++)
        {
            list[i] = (byte*)NativeMemory.Alloc((nuint)texts[i].Length + 1);
            Encoding.Latin1.GetBytes(texts[i], new Span<byte>(list[i], texts[i].Length));
            list[i][texts[i].Length] = 0;
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
