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
    /// <returns>Null if a member is missing, or is not what a sidecar sends.</returns>
    public static string? Of(string body)
    {
        var text = new StringBuilder("{\"Version\":1");

        foreach (var (theirs, ours) in Members)
        {
            if (JsonText.Member(body, ours) is not { Length: > 0 } value || !IsPlain(value))
            {
                return null;
            }

            text.Append(",\"").Append(theirs).Append("\":\"").Append(value).Append('"');
        }

        return text.Append("}\n").ToString();
    }

    // JsonText replaces what does not fit on a line by a question mark or a space, and neither is in a credential.
    private static bool IsPlain(string value)
    {
        foreach (var c in value)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '/' or '=' or '_' or '.' or '~' or ':' or '-'))
            {
                return false;
            }
        }

        return true;
    }
}
