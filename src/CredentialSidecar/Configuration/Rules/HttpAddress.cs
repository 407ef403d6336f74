namespace CredentialSidecar.Configuration.Rules;

/// <summary>Reads an http or https address from a variable or a setting.</summary>
internal static class HttpAddress
{
    /// <param name="example">One that would be right.</param>
    /// <param name="secret">It may hold an id that is as good as a credential, so it is not shown.</param>
    public static Uri? Read(string path, string? text, Findings findings, bool secret = false, string example = "http://169.254.170.2")
    {
        if (text is null)
        {
            return null;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            var shown = secret || text.Contains('@', StringComparison.Ordinal) ? "not shown here" : Shown.Quoted(text);
            findings.Wrong(path, $"is {shown}; expected an http or https address such as {example}");
            return null;
        }

        findings.Require(uri.UserInfo.Length == 0, path,
            "contains a user name or a password, which the sidecar does not send; remove the part before the @");
        return uri;
    }
}
