using System.Security.Cryptography;
using System.Text;

namespace CredentialSidecar.Emulator.Sts;

/// <summary>The one spelling of a request that both sides sign.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html</remarks>
internal static class CanonicalRequest
{
    public static string Write(StsRequest request, IReadOnlyList<string> signedHeaders)
    {
        var text = new StringBuilder()
            .Append(request.Method).Append('\n')
            .Append(request.Path).Append('\n')
            .Append(CanonicalQuery(request.Query)).Append('\n');

        foreach (var name in signedHeaders)
        {
            var values = request.Headers[name].Select(value => CollapseBlanks(value ?? ""));
            text.Append(name).Append(':').AppendJoin(',', values).Append('\n');
        }

        return text
            .Append('\n')
            .AppendJoin(';', signedHeaders).Append('\n')
            .Append(Convert.ToHexStringLower(SHA256.HashData(request.Body)))
            .ToString();
    }

    private static string CanonicalQuery(string query)
    {
        var pairs = query
            .Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2))
            .Select(pair => (Name: Encode(pair[0]), Value: Encode(pair.Length > 1 ? pair[1] : "")))
            .OrderBy(pair => pair.Name, StringComparer.Ordinal)
            .ThenBy(pair => pair.Value, StringComparer.Ordinal);
        return string.Join('&', pairs.Select(pair => $"{pair.Name}={pair.Value}"));
    }

    // Decoded first, so that %7E and ~ come out the same.
    private static string Encode(string raw) => Uri.EscapeDataString(Uri.UnescapeDataString(raw));

    private static string CollapseBlanks(string value) =>
        string.Join(' ', value.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
