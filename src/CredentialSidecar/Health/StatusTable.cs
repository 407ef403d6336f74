using CredentialSidecar.Configuration;

namespace CredentialSidecar.Health;

/// <summary>The current state as a table for a terminal.</summary>
internal static class StatusTable
{
    public static string Of(Status status)
    {
        string[][] rows =
        [
            ["DESTINATION", "STATE", "TIME LEFT", "NEXT RENEWAL", "LAST FAILURE"],
            .. status.Destinations.Select(destination => new[]
            {
                destination.Name,
                destination.State,
                destination.SecondsLeft > 0 ? Time(TimeSpan.FromSeconds(destination.SecondsLeft)) : "-",
                destination.NextRenewal is { } next ? Until(next - status.Now) : "-",
                destination.LastFailure is { } failure ? $"{failure.Reason}: {Shown.OnOneLine(failure.Message)}" : "-",
            }),
        ];
        var widths = Enumerable.Range(0, rows[0].Length - 1).Select(column => rows.Max(row => row[column].Length)).ToArray();
        return string.Join('\n', rows.Select(row => string.Join("  ", row.Select(Pad))).Concat(Configuration(status.Configuration)));

        string Pad(string cell, int column) => column < widths.Length ? cell.PadRight(widths[column]) : cell;
    }

    private static IEnumerable<string> Configuration(ConfigurationStatus configuration) =>
    [
        .. configuration.Mistakes is [] ? Array.Empty<string>()
            : configuration.Mistakes.Select(mistake => $"  {Shown.OnOneLine(mistake)}")
                .Prepend("\nThe configuration has mistakes now, so the former one is served:"),
        .. configuration.NeedRestart is [] ? Array.Empty<string>()
            : [$"\nNew values that need a restart of the sidecar: {string.Join(", ", configuration.NeedRestart)}"],
    ];

    private static string Until(TimeSpan wait) => wait >= TimeSpan.FromSeconds(1) ? $"in {Time(wait)}" : "now";

    private static string Time(TimeSpan time) => time.TotalHours >= 1 ? $"{(int)time.TotalHours} h {time.Minutes} min"
        : time.TotalMinutes >= 1 ? $"{time.Minutes} min {time.Seconds} s" : $"{time.Seconds} s";
}
