using System.Collections.Frozen;
using System.Net;
using System.Text;
using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Configuration.Reading;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Configuration.Rules;

/// <summary>Finds the clients and their tokens, or reports why there are none.</summary>
internal static class AccessRules
{
    private const string Section = "Access";
    private const string AnonymousKey = "Access:AllowAnonymous";

    /// <returns>No clients if anonymous access was chosen or a mistake was found.</returns>
    public static AccessSettings Find(SidecarOptions options, Findings findings)
    {
        var access = options.Access;
        CheckAnonymous(options, findings);
        Directory("SharedDirectory", options.SharedDirectory, findings);
        findings.Require(access.TokenGrace >= TimeSpan.Zero && access.TokenGrace <= TimeSpan.FromHours(24), "Access:TokenGrace",
            $"is {Durations.Format(access.TokenGrace)}; expected 0s to 24h");

        var clients = access.Clients.OrderBy(client => client.Key, StringComparer.Ordinal)
            .Select(client => ReadNamed(client.Key, client.Value, options, findings)).ToList();

        // Where clients are named, one that may read everything is not made by accident: the image always sets a shared directory.
        if (access.Token is not null || access.TokenFile is not null
            || (clients.Count == 0 && options.SharedDirectory is not null && !access.AllowAnonymous))
        {
            clients.Insert(0, Read(
                ClientSettings.Default, Section, access.Token, access.TokenFile, options.SharedDirectory, null, access, findings));
        }

        if (clients.Count == 0 && !access.AllowAnonymous && !IsUnread(findings))
        {
            findings.Missing("SIDECAR_TOKEN", "is not set, and SIDECAR_TOKEN_FILE is not set either; "
                + "set one of them, or set SIDECAR_SHARED_DIR to generate a token in a directory that siblings mount, "
                + "or set SIDECAR_Access__AllowAnonymous=true to serve every client that can connect");
        }

        RefuseDuplicates(clients, client => client.Token, "has the token of",
            "give each client a different token", findings);
        RefuseDuplicates(clients, client => Plain(client.Directory), "has the directory of",
            "a container that mounts it would have both tokens", findings);
        UidRules.Check(clients, findings);

        return new AccessSettings(
            [.. clients], access.AllowAnonymous, access.AllowShortTokens, access.KeepTokens, access.TokenGrace, options.SharedDirectory);
    }

    /// <summary>Reads and checks the token in the file of a client.</summary>
    public static string? ReadFile(string key, string path, bool allowShort, Findings findings)
    {
        var content = SmallFile.Read(path, TokenText.Longest + 2);

        if (content.Bytes is { } bytes)
        {
            findings.Doubt(key, content);

            // As bytes: siblings read the same file, and their SDKs send a byte order mark as part of the token.
            var token = Encoding.Latin1.GetString(bytes);
            TokenText.Check(token, key, fromFile: true, allowShort, findings);
            return token;
        }

        // Without a slash it may be the token in the wrong variable.
        findings.Wrong(key, path.Contains('/', StringComparison.Ordinal)
            ? $"is {Shown.Quoted(path)}, which {content.Problem}; {content.Remedy("give the path of the file that holds the token")}"
            : $"names a file (not shown, in case it is the token itself) that {content.Problem}; "
                + $"{content.Remedy("give the absolute path, or the token in SIDECAR_TOKEN")}");
        return null;
    }

    private static void CheckAnonymous(SidecarOptions options, Findings findings)
    {
        var access = options.Access;
        var instead = access.Token is not null ? "Access:Token"
            : access.TokenFile is not null ? "Access:TokenFile"
            : access.Clients.Count > 0 ? "Access:Clients"
            : null;
        findings.Require(!access.AllowAnonymous || instead is null, AnonymousKey,
            $"is true, but {findings.NameOf(instead ?? "")} is set; keep one of them");

        // An address on our own loopback is reached by our own host alone, whatever it looks like.
        var staysHere =
            options.Listen.Addresses.TrueForAll(address => IsLoopback(address) || address == options.Networking.LinkLocalAddress);
        findings.Require(!access.AllowAnonymous || access.Peers.Count > 0 || staysHere, AnonymousKey,
            $"is true, but {findings.NameOf("Listen:Addresses")} is not only loopback; "
            + "configure a token, or list the networks that need none in Access:Peers");
    }

    private static ClientSettings ReadNamed(string name, ClientOptions client, SidecarOptions options, Findings findings)
    {
        var path = $"Access:Clients:{name}";
        findings.Require(DestinationName.IsValid(name) && name != ClientSettings.Default, path,
            name == ClientSettings.Default ? "is not a valid name for a client: it is reserved for the client of SIDECAR_TOKEN"
                : "is not a valid name for a client; expected 1 to 64 of a-z 0-9 _ -");
        findings.Require(client.Destinations.Count > 0 || findings.IsUnreadBelow($"{path}:Destinations"), $"{path}:Destinations",
            "is missing or empty; list the destinations that the client may read");
        findings.Require(
            client.Token is not null || client.TokenFile is not null || client.SharedDirectory is not null || client.Uids.Count > 0, path,
            "has no token and no uid; set Token or TokenFile, set SharedDirectory to generate a token there, or set Uids");
        Directory($"{path}:SharedDirectory", client.SharedDirectory, findings);

        foreach (var (i, destination) in client.Destinations.Index())
        {
            findings.Require(options.Destinations.Count == 0 || options.Destinations.ContainsKey(destination), $"{path}:Destinations:{i}",
                $"is {Shown.Quoted(destination)}; expected the name of a "
                + $"destination{Nearest.Question(destination, options.Destinations.Keys)}");
        }

        return Read(
            name, path, client.Token, client.TokenFile, client.SharedDirectory, client.Destinations.ToFrozenSet(StringComparer.Ordinal),
            options.Access, findings) with { Uids = UidRules.Find($"{path}:Uids", client.Uids, findings) };
    }

    private static ClientSettings Read(
        string name, string path, string? token, string? file, string? directory, FrozenSet<string>? destinations, AccessOptions access,
        Findings findings)
    {
        var (tokenKey, fileKey) = ($"{path}:Token", $"{path}:TokenFile");
        findings.Require(token is null || file is null, fileKey, $"is set, and {findings.NameOf(tokenKey)} is set too; keep one of them");

        if (token is not null)
        {
            TokenText.Check(token, tokenKey, fromFile: false, access.AllowShortTokens, findings);
        }

        var (origin, read) = (file, token) switch
        {
            (not null, _) => (TokenOrigin.File, ReadFile(fileKey, file, access.AllowShortTokens, findings)),
            (null, not null) => (TokenOrigin.Value, token),
            _ when directory is null => (TokenOrigin.None, null),
            _ => (TokenOrigin.Generated, null),
        };
        return new ClientSettings(name, path, origin, read, file, directory, destinations);
    }

    private static void Directory(string key, string? directory, Findings findings) => findings.Require(
        directory is null || Path.IsPathRooted(directory), key,
        $"is {Shown.Quoted(directory)}; expected an absolute path such as /credential-sidecar");

    // Two spellings of one path are the same directory.
    private static string? Plain(string? directory) => directory is null || directory.Contains('\0', StringComparison.Ordinal)
        ? directory
        : Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));

    private static void RefuseDuplicates(List<ClientSettings> clients, Func<ClientSettings, string?> part, string @is, string why,
        Findings findings)
    {
        foreach (var same in clients.Where(client => part(client) is not null).GroupBy(part).Where(group => group.Count() > 1))
        {
            findings.Wrong(same.Last().Path, $"{@is} client '{same.First().Name}' too; {why}");
        }
    }

    private static bool IsUnread(Findings findings) =>
        findings.IsUnread("SharedDirectory") || findings.IsUnread($"{Section}:Token") || findings.IsUnread($"{Section}:TokenFile")
        || findings.IsUnread(AnonymousKey) || findings.IsUnread($"{Section}:Clients");

    private static bool IsLoopback(string address) => !IPAddress.TryParse(address, out var ip) || IPAddress.IsLoopback(ip);
}
