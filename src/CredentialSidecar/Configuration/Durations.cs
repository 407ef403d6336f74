using System.Globalization;
using System.Text.RegularExpressions;

namespace CredentialSidecar.Configuration;

/// <summary>Times as operators write them: <c>500ms</c>, <c>5s</c>, <c>20m</c>, <c>1h</c>, <c>00:00:05</c>, or whole seconds.</summary>
/// <remarks><see cref="TimeSpan.Parse(string)"/> alone reads a bare 5 as five days.</remarks>
internal static partial class Durations
{
    public const string Expected = "a time such as 5s, 20m, 1h or 00:00:05";

    public static bool TryParse(string? text, out TimeSpan value)
    {
        value = default;

        if (text?.Contains(':', StringComparison.Ordinal) == true)
        {
            return TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out value);
        }

        if (text is null || Forms().Match(text.Trim()) is not { Success: true } match)
        {
            return false;
        }

        var number = double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        value = match.Groups[2].Value switch
        {
            "ms" => TimeSpan.FromMilliseconds(number),
            "m" => TimeSpan.FromMinutes(number),
            "h" => TimeSpan.FromHours(number),
            _ => TimeSpan.FromSeconds(number),
        };
        return true;
    }

    public static string Format(TimeSpan value) => value switch
    {
        { Ticks: 0 } => "0s",
        _ when value.Ticks % TimeSpan.TicksPerHour == 0 => $"{value.TotalHours:0}h",
        _ when value.Ticks % TimeSpan.TicksPerMinute == 0 => $"{value.TotalMinutes:0}m",
        _ when value.Ticks % TimeSpan.TicksPerSecond == 0 => $"{value.TotalSeconds:0}s",
        _ => $"{value.TotalMilliseconds:0}ms",
    };

    // Six digits are eleven days in seconds and keep every unit clear of TimeSpan's range.
    [GeneratedRegex(@"^([0-9]{1,6}(?:\.[0-9]{1,3})?)\s*(ms|s|m|h)?\z")]
    private static partial Regex Forms();
}
