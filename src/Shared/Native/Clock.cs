using System.Globalization;

namespace CredentialSidecar.Shared.Native;

/// <summary>The kernel's clocks.</summary>
internal static unsafe class Clock
{
    /// <summary>Milliseconds that only move forward.</summary>
    public static long Milliseconds => Read(Libc.Monotonic) is var time ? (time.Seconds * 1000) + (time.Nanoseconds / 1_000_000) : 0;

    /// <summary>The time of day, for a line that a person reads.</summary>
    public static string Text => DateTimeOffset.FromUnixTimeSeconds(Read(Libc.Realtime).Seconds)
        .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static Libc.Time Read(int clock)
    {
        Libc.Time time;
        return Libc.clock_gettime(clock, &time) == 0 ? time : default;
    }
}
