using System.Net;
using System.Net.Sockets;

namespace CredentialSidecar.Configuration;

/// <summary>Finds the container credentials endpoint of this very container, and refuses one that is the sidecar itself.</summary>
internal static class SourceRules
{
    private const string Relative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
    private const string Full = "AWS_CONTAINER_CREDENTIALS_FULL_URI";

    public static SourceSettings Find(SidecarOptions options, ProcessEnvironment environment, ConfigurationLayers layers, Findings findings)
    {
        if (options.Source.Kind == SourceKind.Default)
        {
            // The SDK's chain reads the same variables, so it can be led back here just as well.
            if (environment[Relative] is null && Parse(Full, environment[Full], findings) is { } chained)
            {
                RefuseSelf(Full, chained, options, findings);
            }

            return new SourceSettings(SourceKind.Default);
        }

        var key = layers.NameOf("Source:Endpoint");
        var (name, uri) = environment switch
        {
            _ when environment[Relative] is { } path => (key, Join(key, options.Source.Endpoint, path, findings)),
            _ when environment[Full] is { } full => (Full, Parse(Full, full, findings)),
            _ => (Relative, null),
        };

        if (uri is null)
        {
            findings.Require(name != Relative, Relative, "is not set; ECS sets it where the task definition has a taskRoleArn. On a laptop set SIDECAR_Source__Kind=Default instead");
            return new SourceSettings(SourceKind.TaskRole);
        }

        RefuseSelf(name, uri, options, findings);

        // The agent asks for no token, and a sibling's token in our environment is none of its business.
        return name == Full
            ? new SourceSettings(SourceKind.TaskRole, uri, environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"], environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"])
            : new SourceSettings(SourceKind.TaskRole, uri);
    }

    private static Uri? Join(string key, string endpoint, string path, Findings findings)
    {
        findings.Require(path.StartsWith('/'), Relative, $"is '{path}', expected a path that begins with /");
        var root = Parse(key, endpoint, findings);
        findings.Require(root is null or { AbsolutePath: "/", Query: "" }, key, $"is '{endpoint}', expected no path; that comes from {Relative}");
        return root is null || !path.StartsWith('/') || root.AbsolutePath != "/" ? null : new Uri(root.GetLeftPart(UriPartial.Authority) + path);
    }

    private static Uri? Parse(string key, string? text, Findings findings)
    {
        if (text is null || (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
        {
            return text is null ? null : new Uri(text);
        }

        findings.Wrong(key, $"is '{text}', expected an address such as http://169.254.170.2");
        return null;
    }

    // Left alone, the sidecar would ask itself for the credentials it needs to answer.
    private static void RefuseSelf(string key, Uri uri, SidecarOptions options, Findings findings)
    {
        if (uri.Port == options.Listen.Port && Addresses(uri).Any(IsOurs))
        {
            findings.Wrong(key, $"is '{uri.GetLeftPart(UriPartial.Authority)}', which is this sidecar itself; "
                + "AWS_CONTAINER_CREDENTIALS_FULL_URI belongs into the siblings, not here");
        }

        bool IsOurs(IPAddress address) =>
            IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || options.Listen.Addresses.Contains(address.ToString());
    }

    private static IPAddress[] Addresses(Uri uri)
    {
        try
        {
            return [.. Dns.GetHostAddresses(uri.DnsSafeHost).Select(address => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)];
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            return [];
        }
    }
}
