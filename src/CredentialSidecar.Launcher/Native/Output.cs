using System.Text;

namespace CredentialSidecar.Launcher.Native;

/// <summary>Writes to a person or a log, one line at a time.</summary>
internal static unsafe class Output
{
    public static void Error(string sentence) => _ = Write(2, FixedNames.Launcher + ": " + sentence + "\n");

    /// <returns>Whether all of the text was written.</returns>
    public static bool Print(string text) => Write(1, text);

    private static bool Write(int descriptor, string text)
    {
        fixed (byte* bytes = Encoding.Latin1.GetBytes(text))
        {
            nint written = 0;

            // One write for one line in all but a full pipe, so that lines of several programs do not mix.
            while (written < text.Length && Libc.write(descriptor, bytes + written, text.Length - written) is > 0 and var count)
            {
                written += count;
            }

            return written == text.Length;
        }
    }
}
