using System.Security.Cryptography.X509Certificates;
using System.Text;
using CredentialSidecar.Access;
using CredentialSidecar.Configuration.Reading;

namespace CredentialSidecar.Certificates;

/// <summary>The files with which siblings trust the sidecar's authority.</summary>
internal static class TrustFiles
{
    /// <summary>The authority alone, for programs that trust it besides the system's authorities.</summary>
    public const string Authority = "ca.pem";

    /// <summary>The system's authorities and the sidecar's, for programs that trust only one file.</summary>
    public const string Bundle = "ca-bundle.pem";

    /// <summary>The same as <see cref="Bundle"/> for Java.</summary>
    public const string Java = "ca.p12";

    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const int LargestAuthority = 16 * 1024;

    /// <summary>Writes the files, unless the directory already has those of this authority.</summary>
    /// <returns>Whether the files were written.</returns>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static bool Write(string directory, X509Certificate2 authority)
    {
        var pem = Encoding.ASCII.GetBytes(authority.ExportCertificatePem() + "\n");

        if (Has(directory, pem))
        {
            return false;
        }

        var system = SystemAuthorities();
        StagedFiles.Sweep(directory, Authority, Bundle, Java);
        using var staged = new StagedFiles();
        staged.Add(directory, Bundle, Readable, stream => WriteBundle(stream, pem, system));
        staged.Add(directory, Java, Readable, stream => stream.Write(
            JavaTrustStore.Of([("credential-sidecar", authority), .. system.Select(one => ((string?)null, one))])));

        // Last, because its content tells whether all files are there.
        staged.Add(directory, Authority, Readable, stream => stream.Write(pem));
        staged.Commit();
        return true;
    }

    private static bool Has(string directory, byte[] pem) =>
        SmallFile.Read(Path.Combine(directory, Authority), LargestAuthority, followLinks: false).Bytes is { } there
        && there.AsSpan().SequenceEqual(pem)
        && File.Exists(Path.Combine(directory, Bundle)) && File.Exists(Path.Combine(directory, Java));

    private static void WriteBundle(Stream stream, byte[] pem, X509Certificate2Collection system)
    {
        foreach (var certificate in system)
        {
            stream.Write(Encoding.ASCII.GetBytes(certificate.ExportCertificatePem() + "\n"));
        }

        stream.Write(pem);
    }

    /// <summary>The authorities that this process trusts too: of SSL_CERT_FILE and SSL_CERT_DIR, or of the system.</summary>
    private static X509Certificate2Collection SystemAuthorities()
    {
        using var store = new X509Store(StoreName.Root, StoreLocation.LocalMachine);
        store.Open(OpenFlags.ReadOnly);
        return store.Certificates;
    }
}
