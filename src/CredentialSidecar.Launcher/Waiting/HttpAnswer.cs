using System.Globalization;

namespace CredentialSidecar.Launcher.Waiting;

/// <summary>A status and a body, or the reason why the request failed.</summary>
internal sealed class HttpAnswer
{
    private HttpAnswer(int status, string head, string body, string trouble) =>
        (Status, Head, Body, Trouble) = (status, head, body, trouble);

    /// <summary>0 where no readable answer arrived.</summary>
    public int Status { get; }

    public string Head { get; }

    /// <summary>With status 200 it holds credentials and must not appear in a message.</summary>
    public string Body { get; }

    public string Trouble { get; }

    public static HttpAnswer None(string trouble) => new(0, "", "", trouble);

    /// <param name="text">All bytes until the other side closed the connection, one char for each byte.</param>
    public static HttpAnswer Parse(string text)
    {
        // HTTP/1.1 200 OK
        if (!text.StartsWith("HTTP/1.", StringComparison.Ordinal) || text.Length < 12 || text[8] != ' '
            || !int.TryParse(text.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status))
        {
            return None(text.Length == 0 ? "the connection was closed without an answer" : "the answer is not HTTP");
        }

        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        return end < 0 ? None("the answer broke off") : new HttpAnswer(status, text[..end], text[(end + 4)..], "");
    }

    /// <summary>Whether the body is complete by the head's Content-Length, so that reading can end before the close.</summary>
    public static bool IsWhole(string text)
    {
        const string Length = "\r\ncontent-length:";
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);

        if (end < 0 || text.IndexOf(Length, 0, end, StringComparison.OrdinalIgnoreCase) is not (>= 0 and var at))
        {
            return false;
        }

        var from = at + Length.Length;
        var line = text.AsSpan(from, text.IndexOf("\r\n", from, StringComparison.Ordinal) - from).Trim();
        return int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var length) && text.Length - end - 4 >= length;
    }
}
