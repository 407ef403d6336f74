using CredentialSidecar.Launcher.Waiting;

namespace CredentialSidecar.Launcher.Metadata;

/// <summary>The EC2 instance metadata service, from which a client that does not ask the sidecar gets the instance's role.</summary>
internal static class InstanceMetadata
{
    public static ReadOnlySpan<byte> Host => [169, 254, 169, 254];

    /// <summary>Version 2. The token is not used, so it has the shortest possible lifetime.</summary>
    public static string TokenRequest { get; } =
        HttpRequest.Make("PUT", "169.254.169.254", "/latest/api/token", "X-aws-ec2-metadata-token-ttl-seconds: 1\r\nContent-Length: 0\r\n");

    /// <summary>Version 1, which answers even where a hop limit of 1 keeps version 2 away.</summary>
    public static string ListRequest { get; } = HttpRequest.Make("GET", "169.254.169.254", "/latest/meta-data/");

    /// <summary>Whether EC2 answered one of them. Other clouds and proxies answer on that address too.</summary>
    public static bool IsEc2(HttpAnswer answer) => answer.Status == 200
        && (Has(answer, "\r\nserver: ec2ws") || Has(answer, "\r\nx-aws-ec2-metadata-token-ttl-seconds:")
            || (Lists(answer, "instance-id") && Lists(answer, "ami-id")));

    private static bool Has(HttpAnswer answer, string header) => answer.Head.Contains(header, StringComparison.OrdinalIgnoreCase);

    private static bool Lists(HttpAnswer answer, string name) =>
        Array.Exists(answer.Body.Split('\n'), line => line.AsSpan().Trim().SequenceEqual(name));
}
