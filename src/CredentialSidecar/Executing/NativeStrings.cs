using System.Runtime.InteropServices;

namespace CredentialSidecar.Executing;

/// <summary>A list of C strings that ends with null, as <c>argv</c> and <c>environ</c>.</summary>
internal sealed class NativeStrings(IEnumerable<string> texts) : IDisposable
{
    private readonly nint[] _list = [.. texts.Select(Marshal.StringToCoTaskMemUTF8), 0];

    public ReadOnlySpan<nint> List => _list;

    public nint First => _list[0];

    public void Dispose()
    {
        foreach (var text in _list)
        {
            Marshal.FreeCoTaskMem(text);
        }
    }
}
