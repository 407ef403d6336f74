using System.Globalization;

namespace CredentialSidecar.Launcher.Arguments;

/// <summary>Ports and times as people write them.</summary>
internal static class Numbers
{
    public const string PortsExpected = "not a number from 1 to 65535";
    public const string TimesExpected = "must be a time such as 500ms, 30s or 2m, at most an hour, or 0 for no waiting";

    private const int LongestMilliseconds = 3_600_000;

    public static bool TryPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1 and <= 65535;

    /// <summary>Whole numbers with ms, s, m or h; a bare number is seconds.</summary>
    public static bool TryMilliseconds(string text, out int milliseconds)
    {
        var digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9') is var end && end < 0 ? text.Length : end;
        var unit = text[digits..] switch
        {
            "ms" => 1,
            "" or "s" => 1000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => 0,
        };

        milliseconds = 0;

        if (unit == 0 || !int.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || (long)number * unit > LongestMilliseconds)
        {
            return false;
        }

        milliseconds = number * unit;
        return true;
    }

    public static string Format(int milliseconds) => milliseconds % 1000 == 0
        ? (milliseconds / 1000).ToString(CultureInfo.InvariantCulture) + "s"
        : milliseconds.ToString(CultureInfo.InvariantCulture) + "ms";
}
