using System.Security.Cryptography;
using System.Text;
using CredentialSidecar.Configuration.Reading;

namespace CredentialSidecar.Access;

/// <summary>
/// A file in a shared directory which shows that the sidecar ended cleanly, so its token can stay in use after a restart.
/// </summary>
/// <remarks>It holds a hash of the token, so a copied or outdated marker does not count.</remarks>
internal static class EndMarker
{
    public const string Name = ".ended";

    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string directory, string token) => SharedDirectory.Put(directory, Name, stream => stream.Write(Of(token)));

    public static bool IsThere(string directory, string token) =>
        new FileInfo(Path.Combine(directory, Name)) is { Exists: true, LinkTarget: null } file
        && SmallFile.TryRead(file.FullName, Of(token).Length, out var found, out _)
        && found.AsSpan().SequenceEqual(Of(token));

    public static void Remove(string directory) => File.Delete(Path.Combine(directory, Name));

    private static byte[] Of(string token) =>
        Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("credential-sidecar ended\n" + token))));
}
