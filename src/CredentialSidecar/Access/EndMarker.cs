using System.Security.Cryptography;
using System.Text;
using CredentialSidecar.Configuration.Reading;

namespace CredentialSidecar.Access;

/// <summary>Says in a shared directory that the sidecar ended in an orderly way, so that nobody can have taken its port to collect tokens.</summary>
/// <remarks>It holds a hash over the token it speaks of, so one that was copied or is left over means nothing.</remarks>
internal static class EndMarker
{
    public const string Name = ".ended";

    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string directory, string token) => SharedDirectory.Put(directory, Name, stream => stream.Write(Of(token)));

    public static bool IsThere(string directory, string token) =>
        new FileInfo(Path.Combine(directory, Name)) is { Exists: true, LinkTarget: null } file
        && SmallFile.TryRead(file.FullName, Of(token).Length, out var found, out _)
        && found.AsSpan().SequenceEqual(Of(token));

    public static void Remove(string directory) => File.Delete(Path.Combine(directory, Name));

    private static byte[] Of(string token) =>
        Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("credential-sidecar ended\n" + token))));
}
