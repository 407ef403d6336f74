using System.Globalization;
using System.Text.RegularExpressions;

namespace CredentialSidecar.Configuration.Reading;

/// <summary>Times as operators write them: <c>500ms</c>, <c>5s</c>, <c>20m</c>, <c>1h</c>, <c>00:00:05</c>, or whole seconds.</summary>
/// <remarks><see cref="TimeSpan.Parse(string)"/> alone reads a bare 5 as five days.</remarks>
internal static partial class Durations
{
    public const string Expected = "a time such as 5s, 20m, 1h or 00:00:05, of at most a day";

    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    public static bool TryParse(string? text, out TimeSpan value)
    {
        value = default;

        // .NET reads two parts as hours and minutes, but many readers as minutes and seconds.
        if (text is not null && Clock().IsMatch(text))
        {
            return TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out value);
        }

        if (text is null || Forms().Match(text) is not { Success: true } match)
        {
            return false;
        }

        // Not with double, which is not exact.
        var number = decimal.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        value = TimeSpan.FromTicks((long)(number * match.Groups[2].Value switch
        {
            "ms" => TimeSpan.TicksPerMillisecond,
            "m" => TimeSpan.TicksPerMinute,
            "h" => TimeSpan.TicksPerHour,
            _ => TimeSpan.TicksPerSecond,
        }));
        return value <= Longest;
    }

    /// <summary>In a form that <see cref="TryParse"/> takes.</summary>
    public static string Format(TimeSpan value) => value switch
    {
        { Ticks: 0 } => "0s",
        _ when value.Ticks % TimeSpan.TicksPerHour == 0 => $"{value.TotalHours:0}h",
        _ when value.Ticks % TimeSpan.TicksPerMinute == 0 => $"{value.TotalMinutes:0}m",
        _ when value.Ticks % TimeSpan.TicksPerSecond == 0 => $"{value.TotalSeconds:0}s",
        _ when value < TimeSpan.FromSeconds(1) => $"{value.TotalMilliseconds:0.###}ms",
        _ => $"{value.TotalSeconds:0.###}s",
    };

    [GeneratedRegex(@"^[0-9]{1,2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,7})?\z")]
    private static partial Regex Clock();

    // Six digits keep every unit clear of TimeSpan's range.
    [GeneratedRegex(@"^([0-9]{1,6}(?:\.[0-9]{1,3})?)\s*(ms|s|m|h)?\z")]
    private static partial Regex Forms();
}
