using System.Xml.Linq;

namespace CredentialSidecar.Tests.Emulator;

/// <summary>An answer of STS, read without any SDK.</summary>
internal sealed record StsReply(int Status, string Text, HttpResponseMessage Response)
{
    public string? Code => this["Code"];

    public string? Message => this["Message"];

    public Keys Keys => new(this["AccessKeyId"]!, this["SecretAccessKey"]!, this["SessionToken"], this["Expiration"]);

    /// <summary>The text of the first element of this name.</summary>
    public string? this[string element] =>
        XDocument.Parse(Text).Descendants().FirstOrDefault(one => one.Name.LocalName == element)?.Value;
}
