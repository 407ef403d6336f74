using System.Globalization;

namespace CredentialSidecar.Launcher.Waiting;

/// <summary>The one request the launcher makes.</summary>
internal static class HttpRequest
{
    public static string Get(int port, string path, string? authorization = null) =>
        $"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}\r\nAccept: application/json\r\n" +
        $"User-Agent: credential-launch/{LauncherVersion.Text}\r\nConnection: close\r\n" +
        (authorization is null ? "" : $"Authorization: {authorization}\r\n") + "\r\n";
}
