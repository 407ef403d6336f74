using System.Net;
using System.Text;

namespace CredentialSidecar.Configuration;

/// <summary>Finds the authorization token, or says why there is none to be had.</summary>
internal static class AccessRules
{
    private const string TokenKey = "Access:Token";
    private const string FileKey = "Access:TokenFile";
    private const string AnonymousKey = "Access:AllowAnonymous";

    /// <returns>The token; null where anyone on loopback may read, where the shared directory is to give it, or where a mistake was found.</returns>
    public static string? ReadToken(SidecarOptions options, Findings findings)
    {
        var access = options.Access;
        var isSet = access.Token is not null || access.TokenFile is not null;

        findings.Require(access.Token is null || access.TokenFile is null, FileKey, $"is set beside {findings.NameOf(TokenKey)}; keep one of them");
        findings.Require(!access.AllowAnonymous || !isSet, AnonymousKey,
            $"is true although {findings.NameOf(access.Token is null ? FileKey : TokenKey)} is set; keep one of them");
        findings.Require(!access.AllowAnonymous || options.Listen.Addresses.TrueForAll(IsLoopback), AnonymousKey,
            $"is true, but {findings.NameOf("Listen:Addresses")} reaches beyond loopback; there a token is always asked for");

        findings.Require(options.SharedDirectory is null || Path.IsPathRooted(options.SharedDirectory), "SharedDirectory",
            $"is {Shown.Quoted(options.SharedDirectory)}, expected a whole path such as /credential-sidecar");

        if (!isSet && !access.AllowAnonymous && options.SharedDirectory is null && !findings.IsUnread("SharedDirectory") && !findings.IsUnread(TokenKey) && !findings.IsUnread(FileKey) && !findings.IsUnread(AnonymousKey))
        {
            findings.Missing("SIDECAR_TOKEN", "is not set, and neither is SIDECAR_TOKEN_FILE; "
                + "set one of them, or SIDECAR_SHARED_DIR to have one generated into a directory that siblings mount, "
                + "or SIDECAR_Access__AllowAnonymous=true to serve whoever can connect");
        }

        if (access.Token is not null)
        {
            TokenText.Check(access.Token, TokenKey, fromFile: false, findings);
        }

        return (access.TokenFile is null ? null : ReadFile(access.TokenFile, findings)) ?? access.Token;
    }

    private static bool IsLoopback(string address) => !IPAddress.TryParse(address, out var ip) || IPAddress.IsLoopback(ip);

    private static string? ReadFile(string path, Findings findings)
    {
        if (SmallFile.TryRead(path, TokenText.Longest + 2, out var bytes, out var problem))
        {
            // Byte by byte: siblings read the same file, and their SDKs send a byte order mark as part of the token.
            var token = Encoding.Latin1.GetString(bytes);
            TokenText.Check(token, FileKey, fromFile: true, findings);
            return token;
        }

        // Without a slash it may be the token itself, put into the wrong variable.
        findings.Wrong(FileKey, path.Contains('/', StringComparison.Ordinal)
            ? $"is {Shown.Quoted(path)}, which {problem}; give the path of the file that holds the token"
            : $"names a file (not shown, in case it is the token itself) that {problem}; give the whole path, or the token in SIDECAR_TOKEN");
        return null;
    }
}
