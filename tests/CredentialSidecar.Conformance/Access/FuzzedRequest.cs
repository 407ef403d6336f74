using System.Text;

namespace CredentialSidecar.Conformance.Access;

/// <summary>A request that lacks something every sibling's has, or has something that none has.</summary>
internal static class FuzzedRequest
{
    private static readonly string[] Methods = ["GET", "GET", "GET", "GET", "POST", "HEAD", "PUT", "OPTIONS", "TRACE", "get", "PROPFIND"];

    private static readonly string[] Paths =
    [
        "/v1/credentials", "/v1/credentials/default", "/v1/credentials/", "//v1//credentials", "/v1/./credentials",
        "/v1/x/../credentials", "/v1%2Fcredentials", "/v1/credentials%00", "/v1/credentials/default%2F",
        "/V1/Credentials", "/v1/credentials;a=b", "/v1/credentials/../../etc/passwd", "/v2/credentials/x", "/creds",
        "/role/default", "/status", "/", "*", "/%c0%ae%c0%ae/", "/v1/credentials?x=%zz", "/v1/credentials#x",
    ];

    private static readonly string[] Tokens =
    [
        "", "Bearer", "null", "undefined", "0", "Basic dXNlcjpwYXNz", "x, y", new('a', 32), new('a', 4096), "\t", "\u00ff\u00fe",
    ];

    private static readonly string[] Forbidden =
    [
        "X-Forwarded-For: 127.0.0.1", "x-forwarded-proto: http", "Forwarded: for=127.0.0.1", "Via: 1.1 x",
        "Origin: http://127.0.0.1", "Referer: x", "Sec-Fetch-Site: none", "X-Real-IP: ::1", "Authorization: second",
    ];

    private static readonly string[] Extras =
    [
        "Accept: */*", "User-Agent: \u00e4",
        "Cookie: a=b", "Upgrade: h2c", "Upgrade: websocket", "Expect: 100-continue", "Range: bytes=0-1",
        "X-Http-Method-Override: GET", "Content-Length: 0", "TE: trailers",
    ];

    private static readonly string[] Broken =
    [
        "\0\0\0\0", "GET", "GET /v1/credentials", "GET /v1/credentials HTTP/9.9\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\u0016\u0003\u0001\u0002\0",
        "GET /v1/credentials HTTP/1.1\nHost: 127.0.0.1\n\n",
        "GET /v1/credentials HTTP/1.1\r\nHost : 127.0.0.1\r\n\r\n",
        "GET /v1/credentials HTTP/1.1\r\n Host: 127.0.0.1\r\n\r\n",
        "GET /v1/credentials HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n",
        "GET /v1/credentials HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "GET /v1/credentials HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ];

    /// <param name="token">The right one, which most of them have: what refuses them is another guard then.</param>
    /// <returns>
    /// The request. It may be served if a sibling could send it. It is broken if nothing after it on its connection can be understood.
    /// </returns>
    public static (string Text, bool MayServe, bool IsBroken) Make(Random random, string token, int port, bool isLast)
    {
        // What is broken ends the connection, so it comes last.
        if (isLast && random.Next(6) == 0)
        {
            return (random.Next(3) == 0 ? Garbage(random) : Any(random, Broken), false, true);
        }

        // Few have a wrong token, since those are answered late on purpose.
        var (method, violates, isWrong) = (Any(random, Methods), random.Next(2) == 0, random.Next(50) == 0);
        var host = violates && random.Next(2) == 0 ? Host(random) : $"127.0.0.1:{port}";
        var text = new StringBuilder($"{method} {Path(random)} HTTP/1.1\r\nHost: {host}\r\n");
        text.Append(isWrong ? random.Next(2) == 0 ? "" : $"Authorization: {Any(random, Tokens)}\r\n" : $"Authorization: {token}\r\n");

        if (violates && host.StartsWith("127.0.0.1", StringComparison.Ordinal))
        {
            text.Append(Any(random, Forbidden)).Append("\r\n");
        }

        for (var i = random.Next(3); i > 0; i--)
        {
            text.Append(Any(random, Extras)).Append("\r\n");
        }

        if (random.Next(200) == 0)
        {
            text.Append($"X-Long: {new string('x', random.Next(1_000, 30_000))}\r\n");
        }

        text.Append(isLast ? "Connection: close\r\n\r\n" : "\r\n");
        return (text.ToString(), method == "GET" && !violates && !isWrong, false);
    }

    private static string Host(Random random) => random.Next(4) switch
    {
        0 => "attacker.example",
        1 => $"10.{random.Next(256)}.{random.Next(256)}.{random.Next(256)}",
        2 => "[::1]",
        _ => "127.0.0.1.attacker.example",
    };

    private static string Path(Random random) => random.Next(8) switch
    {
        0 => "/" + string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => $"%{random.Next(256):x2}")),
        1 => Any(random, Paths) + new string('a', random.Next(200)),
        2 when random.Next(20) == 0 => "/" + new string('p', random.Next(3_000, 9_000)),
        _ => Any(random, Paths),
    };

    private static string Garbage(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(1, 500)).Select(_ => (char)random.Next(256)));

    private static string Any(Random random, string[] of) => of[random.Next(of.Length)];
}
