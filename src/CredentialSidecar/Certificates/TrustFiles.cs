using System.Security.Cryptography;
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

    private const int LargestAuthority = 16 * 1024, LargestBundle = 1024 * 1024;

    private const string Label = "CERTIFICATE";

    /// <summary>Writes the files, unless the directory already has those of this authority.</summary>
    /// <returns>Whether the files were written.</returns>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static bool Write(string directory, X509Certificate2 authority, string? systemBundle)
    {
        var pem = Encoding.ASCII.GetBytes(authority.ExportCertificatePem() + "\n");

        if (Has(directory, pem))
        {
            return false;
        }

        var system = SystemAuthorities(systemBundle);
        StagedFiles.Sweep(directory, Authority, Bundle, Java);
        using var staged = new StagedFiles();
        staged.Add(directory, Bundle, Readable, stream => WriteBundle(stream, pem, system));
        staged.Add(directory, Java, Readable, stream => stream.Write(
            JavaTrustStore.Of([("credential-sidecar", authority.RawData), .. system.Select(one => ((string?)null, one))])));

        // Last, because its content tells whether all files are there.
        staged.Add(directory, Authority, Readable, stream => stream.Write(pem));
        staged.Commit();
        return true;
    }

    private static bool Has(string directory, byte[] pem) =>
        SmallFile.Read(Path.Combine(directory, Authority), LargestAuthority, followLinks: false).Bytes is { } there
        && there.AsSpan().SequenceEqual(pem)
        && File.Exists(Path.Combine(directory, Bundle)) && File.Exists(Path.Combine(directory, Java));

    private static void WriteBundle(Stream stream, byte[] pem, List<byte[]> system)
    {
        foreach (var certificate in system)
        {
            stream.Write(Encoding.ASCII.GetBytes(PemEncoding.WriteString(Label, certificate) + "\n"));
        }

        stream.Write(pem);
    }

    /// <summary>The authorities that this process trusts too.</summary>
    /// <remarks>Without certificate objects: those of a system would keep several megabytes of memory.</remarks>
    private static List<byte[]> SystemAuthorities(string? bundle)
    {
        List<byte[]> found = [];
        var content = bundle is null ? null : SmallFile.Read(bundle, LargestBundle).Bytes;
        var text = Encoding.ASCII.GetString(content ?? []).AsSpan();

        while (PemEncoding.TryFind(text, out var fields))
        {
            if (text[fields.Label] is Label)
            {
                found.Add(Convert.FromBase64String($"{text[fields.Base64Data]}"));
            }

            text = text[fields.Location.End..];
        }

        return found;
    }
}
