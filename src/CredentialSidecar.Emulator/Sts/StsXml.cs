using System.Globalization;
using System.Text;
using System.Xml;
using CredentialSidecar.Emulator.Sessions;
using CredentialSidecar.Emulator.Worlds;

namespace CredentialSidecar.Emulator.Sts;

/// <summary>The answers of the query protocol.</summary>
internal static class StsXml
{
    private const string Namespace = "https://sts.amazonaws.com/doc/2011-06-15/";

    private static readonly XmlWriterSettings Layout = new()
    {
        OmitXmlDeclaration = true,
        Indent = true,
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
    };

    public static Answer AssumeRole(Caller session, DateTimeOffset expiration, int? packedSize, string requestId) =>
        Result("AssumeRole", requestId, xml =>
        {
            WriteSession(xml, session, expiration);
            WriteOptional(xml, "SourceIdentity", session.SourceIdentity);
            WriteOptional(xml, "PackedPolicySize", packedSize?.ToString(CultureInfo.InvariantCulture));
        });

    public static Answer AssumeRoleWithWebIdentity(
        Caller session, DateTimeOffset expiration, JsonWebToken token, OidcProvider provider, string requestId) =>
        Result("AssumeRoleWithWebIdentity", requestId, xml =>
        {
            WriteSession(xml, session, expiration);
            xml.WriteElementString("Audience", token.Audiences[0]);
            xml.WriteElementString("Provider", provider.Arn);
            xml.WriteElementString("SubjectFromWebIdentityToken", token.Subject);
        });

    public static Answer GetCallerIdentity(Caller caller, string requestId) =>
        Result("GetCallerIdentity", requestId, xml =>
        {
            xml.WriteElementString("Arn", caller.Arn);
            xml.WriteElementString("UserId", caller.UserId);
            xml.WriteElementString("Account", caller.IamArn.Account);
        });

    public static Answer Error(int status, string code, string message, string requestId) =>
        Document(status, "ErrorResponse", xml =>
        {
            xml.WriteStartElement("Error");
            xml.WriteElementString("Type", status < 500 ? "Sender" : "Receiver");
            xml.WriteElementString("Code", code);
            xml.WriteElementString("Message", message);
            xml.WriteEndElement();
            xml.WriteElementString("RequestId", requestId);
        });

    private static Answer Result(string action, string requestId, Action<XmlWriter> write) =>
        Document(200, $"{action}Response", xml =>
        {
            xml.WriteStartElement($"{action}Result");
            write(xml);
            xml.WriteEndElement();
            xml.WriteStartElement("ResponseMetadata");
            xml.WriteElementString("RequestId", requestId);
            xml.WriteEndElement();
        });

    private static Answer Document(int status, string root, Action<XmlWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var xml = XmlWriter.Create(buffer, Layout))
        {
            xml.WriteStartElement(root, Namespace);
            write(xml);
            xml.WriteEndElement();
        }

        return new Answer(status, "text/xml", buffer.ToArray());
    }

    private static void WriteSession(XmlWriter xml, Caller session, DateTimeOffset expiration)
    {
        xml.WriteStartElement("AssumedRoleUser");
        xml.WriteElementString("AssumedRoleId", session.UserId);
        xml.WriteElementString("Arn", session.Arn);
        xml.WriteEndElement();
        xml.WriteStartElement("Credentials");
        xml.WriteElementString("AccessKeyId", session.AccessKeyId);
        xml.WriteElementString("SecretAccessKey", session.SecretAccessKey);
        xml.WriteElementString("SessionToken", session.SessionToken);
        xml.WriteElementString("Expiration", expiration.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        xml.WriteEndElement();
    }

    private static void WriteOptional(XmlWriter xml, string name, string? value)
    {
        if (value is not null)
        {
            xml.WriteElementString(name, value);
        }
    }
}
