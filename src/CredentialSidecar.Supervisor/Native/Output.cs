using System.Text;

namespace CredentialSidecar.Supervisor.Native;

/// <summary>Writes to a person or a log, one line at a time.</summary>
internal static unsafe class Output
{
    public static void Error(string sentence) => Write(2, "credential-supervisor: " + sentence + "\n");

    public static void Print(string text) => Write(1, text);

    // A stopped log reader must not block the restart, so a line that does not fit into a full pipe is dropped.
    private static void Write(int descriptor, string text)
    {
        var waited = new Libc.Waited { Descriptor = descriptor, Wanted = Libc.Out };

        if (Libc.poll(&waited, 1, 0) == 1)
        {
            fixed (byte* bytes = Encoding.Latin1.GetBytes(text))
            {
                _ = Libc.write(descriptor, bytes, text.Length);
            }
        }
    }
}
