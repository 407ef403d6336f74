using System.Collections.Concurrent;
using System.Text;
using CredentialSidecar.Testing;

namespace CredentialSidecar.Conformance.InstanceMetadata;

/// <summary>Instance metadata as EC2 answers it, in both versions, with the role of a node that no container should be.</summary>
internal sealed class InstanceNode : IAsyncDisposable
{
    public const string AccessKeyId = "ASIANODEROLE00000000";
    public const string Region = "us-east-2";

    private const string Role = "/latest/meta-data/iam/security-credentials/";

    private readonly RawServer _server;

    public InstanceNode() => _server = RawServer.Custom(async (head, stream, stop) =>
    {
        await Task.Delay(IsSilent ? Timeout.Infinite : 0, stop);
        var words = head.Split(' ', 3);
        Requests.Enqueue($"{words[0]} {words[1]}");
        var body = Body(words[0], words[1]);
        var text = $"HTTP/1.1 {(body is null ? "404 Not Found" : "200 OK")}\r\nServer: EC2ws\r\nContent-Type: text/plain\r\n"
            + (words[0] == "PUT" ? "X-Aws-Ec2-Metadata-Token-Ttl-Seconds: 21600\r\n" : "")
            + $"Content-Length: {body?.Length ?? 0}\r\nConnection: close\r\n\r\n{body}";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text), stop);
    });

    /// <summary>It takes connections and requests, and never answers.</summary>
    public bool IsSilent { get; set; }

    public Uri Uri => _server.Uri;

    public ConcurrentQueue<string> Requests { get; } = [];

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static string? Body(string method, string path) => (method, path) switch
    {
        ("PUT", "/latest/api/token") => "AQAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
        ("GET", "/latest/meta-data/") or ("GET", "/latest/meta-data") => "ami-id\nami-launch-index\niam/\ninstance-id\nplacement/",
        ("GET", "/latest/meta-data/iam/") => "info\nsecurity-credentials/",
        ("GET", Role) or ("GET", "/latest/meta-data/iam/security-credentials") => "node",
        ("GET", Role + "node") =>
            $$"""{"Code":"Success","LastUpdated":"2026-01-01T00:00:00Z","Type":"AWS-HMAC","AccessKeyId":"{{AccessKeyId}}",""" +
            """ "SecretAccessKey":"node","Token":"node","Expiration":"2035-01-01T00:00:00Z"}""",
        ("GET", "/latest/meta-data/instance-id") => "i-0123456789abcdef0",
        ("GET", "/latest/meta-data/ami-id") => "ami-0123456789abcdef0",
        ("GET", "/latest/meta-data/placement/availability-zone")
            or ("GET", "/latest/meta-data/placement/availability-zone/") => Region + "a",
        ("GET", "/latest/meta-data/placement/region") => Region,
        ("GET", "/latest/dynamic/instance-identity/document") or ("GET", "/latest/dynamic/instance-identity/document/") =>
            $$"""{"region":"{{Region}}","instanceId":"i-0123456789abcdef0"}""",
        _ => null,
    };
}
