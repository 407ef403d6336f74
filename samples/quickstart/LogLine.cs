using System.Text.Json;

namespace Quickstart;

/// <summary>What the children print: one JSON object a line.</summary>
internal static class LogLine
{
    public static JsonElement? Read(string line)
    {
        try
        {
            return JsonElement.Parse(line) is { ValueKind: JsonValueKind.Object } read ? read : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A log event by its message alone; any other line as it is.</summary>
    public static string Shorten(string line) =>
        Read(line) is { } read && read.TryGetProperty("Message", out var message) ? message.GetString()! : line;
}
