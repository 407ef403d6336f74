using System.Globalization;

namespace CredentialSidecar.Launcher.Waiting;

/// <summary>The requests that the launcher makes.</summary>
internal static class HttpRequest
{
    public static string Get(int port, string path, string? authorization = null) => Make(
        "GET", $"127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}", path,
        authorization is null ? "" : $"Authorization: {authorization}\r\n");

    /// <param name="headers">Whole lines.</param>
    public static string Make(string method, string host, string path, string headers = "") =>
        $"{method} {path} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\n" +
        $"User-Agent: {FixedNames.Launcher}/{ProgramVersion.Text}\r\nConnection: close\r\n{headers}\r\n";
}
