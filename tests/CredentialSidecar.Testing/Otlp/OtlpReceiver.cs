using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace CredentialSidecar.Testing.Otlp;

/// <summary>A collector that understands both forms of OTLP and keeps what it is sent.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ReceivedSpan> _spans = new();
    private readonly ConcurrentQueue<ReceivedPoint> _points = new();
    private readonly ConcurrentQueue<IReadOnlyDictionary<string, string>> _resources = new();
    private readonly ConcurrentQueue<(string Path, string Headers, string Body)> _requests = new();

    private OtlpReceiver()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        _app = builder.Build();
        _app.Run(TakeAsync);
    }

    /// <summary>For http/protobuf.</summary>
    public Uri Http => Addresses.First();

    /// <summary>For grpc, without TLS.</summary>
    public Uri Grpc => Addresses.Last();

    /// <summary>Answered instead of 200, as long as it is set.</summary>
    public int? Refusing { get; set; }

    public IReadOnlyList<ReceivedSpan> Spans => [.. _spans];

    public IReadOnlyList<ReceivedPoint> Points => [.. _points];

    public IReadOnlyList<IReadOnlyDictionary<string, string>> Resources => [.. _resources];

    /// <summary>Path, headers and body of each request, one character for each byte.</summary>
    public IReadOnlyList<(string Path, string Headers, string Body)> Requests => [.. _requests];

    private IEnumerable<Uri> Addresses =>
        _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
            .Select(address => new Uri(address));

    public static async Task<OtlpReceiver> StartAsync()
    {
        var receiver = new OtlpReceiver();
        await receiver._app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        using var whole = new MemoryStream();
        await http.Request.Body.CopyToAsync(whole);
        ReadOnlyMemory<byte> body = whole.ToArray();
        var headers = string.Join('\n', http.Request.Headers.Select(h => $"{h.Key}: {h.Value}"));
        _requests.Enqueue((http.Request.Path, headers, Encoding.Latin1.GetString(body.Span)));

        if (Refusing is { } status)
        {
            http.Response.StatusCode = status;
            return;
        }

        body = http.Request.Headers.ContentEncoding == "gzip" ? Unzipped(body) : body;

        switch (http.Request.Path.Value)
        {
            case "/v1/traces":
                KeepSpans(new ProtobufMessage(body));
                http.Response.ContentType = "application/x-protobuf";
                break;
            case "/v1/metrics":
                KeepPoints(new ProtobufMessage(body));
                http.Response.ContentType = "application/x-protobuf";
                break;
            case "/opentelemetry.proto.collector.trace.v1.TraceService/Export":
                KeepSpans(new ProtobufMessage(Unframed(body)));
                await AnswerGrpcAsync(http);
                break;
            case "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export":
                KeepPoints(new ProtobufMessage(Unframed(body)));
                await AnswerGrpcAsync(http);
                break;
            default:
                http.Response.StatusCode = 404;
                break;
        }
    }

    // A flag for compression, the length in four bytes, and the message.
    private static ReadOnlyMemory<byte> Unframed(ReadOnlyMemory<byte> frame)
    {
        var message = frame.Slice(5, (int)BinaryPrimitives.ReadUInt32BigEndian(frame.Span[1..]));
        return frame.Span[0] == 0 ? message : Unzipped(message);
    }

    private static ReadOnlyMemory<byte> Unzipped(ReadOnlyMemory<byte> body)
    {
        using var zipped = new GZipStream(new MemoryStream(body.ToArray()), CompressionMode.Decompress);
        using var whole = new MemoryStream();
        zipped.CopyTo(whole);
        return whole.ToArray();
    }

    private static async Task AnswerGrpcAsync(HttpContext http)
    {
        http.Response.ContentType = "application/grpc";
        http.Response.DeclareTrailer("grpc-status");
        await http.Response.Body.WriteAsync(new byte[5]);
        http.Response.AppendTrailer("grpc-status", "0");
    }

    private void KeepSpans(ProtobufMessage request)
    {
        foreach (var of in request.Messages(1))
        {
            _resources.Enqueue(Received.Attributes(of.Messages(1).Single(), 1));

            foreach (var span in of.Messages(2).SelectMany(scope => scope.Messages(2)))
            {
                _spans.Enqueue(ReceivedSpan.Read(span));
            }
        }
    }

    private void KeepPoints(ProtobufMessage request)
    {
        foreach (var of in request.Messages(1))
        {
            _resources.Enqueue(Received.Attributes(of.Messages(1).Single(), 1));

            foreach (var point in of.Messages(2).SelectMany(scope => scope.Messages(2)).SelectMany(ReceivedPoint.Read))
            {
                _points.Enqueue(point);
            }
        }
    }
}
