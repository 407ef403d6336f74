using System.Text;

namespace CredentialSidecar.Launcher.Native;

/// <summary>Writes to a person or a log, one line at a time.</summary>
internal static unsafe class Output
{
    public static void Error(string sentence) => Write(2, FixedNames.Launcher + ": " + sentence + "\n");

    public static void Print(string text) => Write(1, text);

    private static void Write(int descriptor, string text)
    {
        fixed (byte* bytes = Encoding.Latin1.GetBytes(text))
        {
            nint written = 0;

            // One write for one line in all but a full pipe, so that lines of several programs do not mix.
            while (written < text.Length && Libc.write(descriptor, bytes + written, text.Length - written) is > 0 and var count)
            {
                written += count;
            }
        }
    }
}
