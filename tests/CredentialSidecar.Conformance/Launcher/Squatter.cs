using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Launcher;

/// <summary>Another user's program on the sidecar's port.</summary>
/// <remarks>It answers like the sidecar and prints each token that it receives.</remarks>
internal sealed class Squatter : IAsyncDisposable
{
    public const int Uid = 7001;

    private const string Program = """
        import http.server, sys

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                print("asked with", self.headers.get("Authorization"), flush=True)
                body = b'{"AccessKeyId":"ASIASQUATTER","SecretAccessKey":"s","Token":"t","Expiration":"2035-01-01T00:00:00Z"}'
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *words):
                pass

        server = http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
        print("listening", flush=True)
        server.serve_forever()
        """;

    private readonly ChildProcess _process;

    private Squatter(ChildProcess process) => _process = process;

    /// <summary>The tokens it was sent, among the rest.</summary>
    public IReadOnlyList<string> Harvest => [.. _process.Output.Where(line => line != "listening")];

    public static async Task<Squatter> StartAsync(int port)
    {
        var process = ChildProcess.Start("setpriv", [.. As(Uid), "/usr/bin/python3", "-c", Program, $"{port}"], CleanEnvironment.With());
        var squatter = new Squatter(process);
        await process.LineAsync(line => line == "listening");
        return squatter;
    }

    public static string[] As(int uid) => [$"--reuid={uid}", $"--regid={uid}", "--clear-groups"];

    public static void SkipUnlessPossible() => Assert.SkipUnless(
        Environment.IsPrivilegedProcess && Tools.Has("setpriv") && File.Exists("/usr/bin/python3"),
        "another user takes root, setpriv and python3: apt-get install -y --no-install-recommends util-linux python3");

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
