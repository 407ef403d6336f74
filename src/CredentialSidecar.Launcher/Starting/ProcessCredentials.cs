using System.Text;
using CredentialSidecar.Launcher.Waiting;

namespace CredentialSidecar.Launcher.Starting;

/// <summary>The document that an SDK expects from the program of its <c>credential_process</c> setting.</summary>
/// <remarks>See "Process credential provider" in the AWS SDKs and Tools Reference Guide.</remarks>
internal static class ProcessCredentials
{
    private static readonly (string Theirs, string Ours)[] Members =
    [
        ("AccessKeyId", "AccessKeyId"), ("SecretAccessKey", "SecretAccessKey"), ("SessionToken", "Token"), ("Expiration", "Expiration"),
    ];

    /// <param name="body">The sidecar's answer, the JSON of the container credentials contract.</param>
    public static string Of(string body)
    {
        var text = new StringBuilder("{\"Version\":1");

        foreach (var (theirs, ours) in Members)
        {
            if (JsonText.Member(body, ours) is { } value)
            {
                text.Append(",\"").Append(theirs).Append("\":\"").Append(Escaped(value)).Append('"');
            }
        }

        return text.Append("}\n").ToString();
    }

    // JsonText leaves no control characters.
    private static string Escaped(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}
