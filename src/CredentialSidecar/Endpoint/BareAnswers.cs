using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections;

namespace CredentialSidecar.Endpoint;

/// <summary>Adds a body to the answers that Kestrel sends before any sidecar code sees the request: 400, 408, 414, 431.</summary>
/// <remarks>Without a body, SDKs report that they could not parse the error (contract R8).</remarks>
internal static class BareAnswers
{
    /// <param name="answered">Receives the peer and the status of each such answer.</param>
    public static ConnectionDelegate Fill(ConnectionDelegate next, Action<IPAddress, int> answered) => async connection =>
    {
        var peer = (connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
        connection.Transport =
            new Duplex(connection.Transport.Input, new FillingWriter(connection.Transport.Output, status => answered(peer, status)));
        await next(connection);
    };

    private sealed class Duplex(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }

    /// <summary>Passes everything through, and completes a 4xx without a body.</summary>
    private sealed class FillingWriter(PipeWriter inner, Action<int> answered) : PipeWriter
    {
        private Memory<byte> _memory;

        public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

        public override long UnflushedBytes => inner.UnflushedBytes;

        public override Memory<byte> GetMemory(int sizeHint = 0) => _memory = inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

        public override void Advance(int bytes) =>
            inner.Advance(_memory.Span.StartsWith("HTTP/1.1 4"u8) ? Filled(_memory.Span, bytes) : bytes);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
            inner.FlushAsync(cancellationToken);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

        private int Filled(Span<byte> memory, int bytes)
        {
            var answer = memory[..bytes];
            var bare = "Content-Length: 0\r\n"u8;
            var at = answer.IndexOf(bare);

            if (at < 0 || !answer.EndsWith("\r\n\r\n"u8) || !int.TryParse(answer[9..12], CultureInfo.InvariantCulture, out var status))
            {
                return bytes;
            }

            answered(status);
            var body = ContractError.Of(status).Body.Span;
            var headers =
                Encoding.ASCII.GetBytes($"Content-Length: {body.Length}\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n");
            var length = bytes - bare.Length + headers.Length + body.Length;

            if (length > memory.Length)
            {
                return bytes;
            }

            answer[(at + bare.Length)..].CopyTo(memory[(at + headers.Length)..]);
            headers.CopyTo(memory[at..]);
            body.CopyTo(memory[(length - body.Length)..]);
            return length;
        }
    }
}
