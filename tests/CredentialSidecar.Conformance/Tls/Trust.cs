namespace CredentialSidecar.Conformance.Tls;

/// <summary>How a client comes to trust the sidecar's authority; docs/tls.md has the same rows.</summary>
/// <param name="Id">Of the catalogue of clients.</param>
/// <param name="Variables">Each with a value in which DIR is the shared directory; as the document shows them.</param>
/// <param name="Replaced">
/// A command that prints the file that <c>ca-bundle.pem</c> has to replace, because the client reads no variable.
/// </param>
internal sealed record Trust(string Id, (string Name, string Value)[] Variables, string[]? Replaced = null)
{
    private const string Bundle = "DIR/ca-bundle.pem";

    // Debian's packages of Python trust the system's file.
    private static readonly string[] Certifi = ["python3", "-c", "import certifi; print(certifi.where())"],
        System = ["echo", "/etc/ssl/certs/ca-certificates.crt"];

    public static IReadOnlyList<Trust> All { get; } =
    [
        new("boto3", [], Certifi),
        new("boto3deb", [], System),
        new("awscli1", [], Certifi),
        new("awscli2", [], System),
        new("js3", [("NODE_EXTRA_CA_CERTS", "DIR/ca.pem")]),
        new("js2", [("NODE_EXTRA_CA_CERTS", "DIR/ca.pem")]),
        new("deno", [("NODE_EXTRA_CA_CERTS", "DIR/ca.pem")]),
        new("bun", [("NODE_EXTRA_CA_CERTS", "DIR/ca.pem")]),
        new("net4", [("SSL_CERT_FILE", Bundle)]),
        new("net3", [("SSL_CERT_FILE", Bundle)]),
        new("gov2", [("SSL_CERT_FILE", Bundle)]),
        new("gov1", [("SSL_CERT_FILE", Bundle)]),
        new("java2", [("JAVA_TOOL_OPTIONS", "-Djavax.net.ssl.trustStore=DIR/ca.p12 -Djavax.net.ssl.trustStorePassword=changeit")]),
        new("java1", [("JAVA_TOOL_OPTIONS", "-Djavax.net.ssl.trustStore=DIR/ca.p12 -Djavax.net.ssl.trustStorePassword=changeit")]),
        new("crtnode", [("SSL_CERT_FILE", Bundle)]),
        new("crtpy", [("SSL_CERT_FILE", Bundle)]),
        new("lancedb", [("SSL_CERT_FILE", Bundle)]),
        new("polars", [("SSL_CERT_FILE", Bundle)]),
        new("restic", [("SSL_CERT_FILE", Bundle)]),
        new("rclone", [("SSL_CERT_FILE", Bundle)]),
    ];

    /// <summary>The variables for a directory.</summary>
    public IEnumerable<(string Name, string? Value)> In(string directory) =>
        Variables.Select(one => (one.Name, (string?)one.Value.Replace("DIR", directory, StringComparison.Ordinal)));
}
