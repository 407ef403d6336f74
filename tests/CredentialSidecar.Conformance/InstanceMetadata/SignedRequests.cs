using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using CredentialSidecar.Testing;

namespace CredentialSidecar.Conformance.InstanceMetadata;

/// <summary>An AWS service that answers everything, and notes who signed each request, and for which region.</summary>
internal sealed partial class SignedRequests : IAsyncDisposable
{
    private readonly RawServer _server;

    public SignedRequests() => _server = RawServer.Custom((head, stream, stop) =>
    {
        if (Credential().Match(head) is { Success: true } match)
        {
            Seen.Enqueue((match.Groups[1].Value, match.Groups[2].Value));
        }

        var body = head.Contains("x-amz-json", StringComparison.OrdinalIgnoreCase)
            ? """{"TableNames":[]}"""
            : "<ListAllMyBucketsResult><Owner><ID>1</ID></Owner><Buckets/></ListAllMyBucketsResult>";
        var text = $"HTTP/1.1 200 OK\r\nContent-Type: {(body[0] == '{' ? "application/x-amz-json-1.0" : "application/xml")}\r\n"
            + $"Content-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}";
        return stream.WriteAsync(Encoding.ASCII.GetBytes(text), stop).AsTask();
    });

    public Uri Uri => _server.Uri;

    /// <summary>The access key id and the region of each signature.</summary>
    public ConcurrentQueue<(string AccessKeyId, string Region)> Seen { get; } = [];

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [GeneratedRegex(@"Credential=(\w+)/\d+/([\w-]+)/")]
    private static partial Regex Credential();
}
