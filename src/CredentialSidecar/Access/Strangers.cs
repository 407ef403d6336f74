using System.Net;

namespace CredentialSidecar.Access;

/// <summary>Connections that have sent no valid token, and the order in which they close. Not thread-safe.</summary>
/// <param name="most">How many there may be at once.</param>
internal sealed class Strangers(int most, TimeProvider clock)
{
    // Allows 10 000 new connections per second. Further ones wait in the kernel's queue, together with clients.
    private static readonly TimeSpan EachChance = TimeSpan.FromSeconds(1) / 10_000;

    private static readonly TimeSpan ShortestChance = TimeSpan.FromMilliseconds(1), LongChance = TimeSpan.FromMilliseconds(500);

    // Each one costs a system call.
    private const int MostCandidates = 16;

    private readonly Queues<IPAddress> _unknown = new();
    private readonly Queues<IPAddress> _guessers = new();

    public int Total => _unknown.Total + _guessers.Total;

    /// <summary>How long a connection stays at least, so that its request can arrive and be read.</summary>
    public TimeSpan FairChance { get; } = most * EachChance > ShortestChance ? most * EachChance : ShortestChance;

    public void Add(Guest guest) => _unknown.Add(guest.Address, guest);

    public void Remove(Guest guest) => (guest.IsGuesser ? _guessers : _unknown).Remove(guest.Address, guest);

    public void Distrust(Guest guest)
    {
        Remove(guest);
        guest.IsGuesser = true;
        _guessers.Add(guest.Address, guest);
    }

    /// <summary>
    /// Removes the oldest connection of the address with the most: first guessers, then silent ones, then those being answered.
    /// </summary>
    /// <param name="hasTime">Whether new connections can wait, so that others may stay longer.</param>
    /// <param name="wait">How long to wait until one can be removed; set if none was.</param>
    /// <returns>Null if there is none, or if all must stay.</returns>
    public Guest? TakeFirst(bool hasTime, out TimeSpan wait)
    {
        var chance = hasTime && FairChance < LongChance ? LongChance : FairChance;

        // A guesser that is too young to close must not protect older connections; it ends after its delay anyway.
        var first = _guessers.Largest() is { } guessing
                && _guessers.Oldest(guessing, guest => clock.GetElapsedTime(guest.Arrived) >= chance, 1) is { } guesser
            ? guesser
            : _unknown.Largest() is { } address
                ? _unknown.Oldest(address, guest => !guest.IsUnheard, MostCandidates) ?? _unknown.Oldest(address, _ => true)
            : _guessers.Largest() is { } last ? _guessers.Oldest(last, _ => true)
            : null;

        // A crowd reconnects as soon as it is closed, which costs more than keeping its connections.
        wait = first is null ? TimeSpan.Zero : chance - clock.GetElapsedTime(first.Arrived);

        if (first is null || wait > TimeSpan.Zero)
        {
            return null;
        }

        Remove(first);
        return first;
    }

    /// <summary>Removes all connections without a request under way.</summary>
    public Guest[] TakeIdle() => Take(_unknown.All.Concat(_guessers.All).Where(guest => !guest.IsBusy));

    /// <summary>Removes connections that have sent nothing for this long, except guessers, which wait for the sidecar.</summary>
    public Guest[] TakeSilent(TimeSpan longest)
    {
        var now = clock.GetTimestamp();
        Guest[] quiet = [.. _unknown.All.Where(guest => !guest.IsBusy && clock.GetElapsedTime(guest.QuietSince, now) >= longest)];

        // It sent part of a request; Kestrel limits the time for the rest.
        var silent = Take(quiet.Where(guest => guest.IsSilent()));
        Array.ForEach([.. quiet.Except(silent)], guest => guest.QuietSince = now);
        return silent;
    }

    private Guest[] Take(IEnumerable<Guest> guests)
    {
        Guest[] taken = [.. guests];
        Array.ForEach(taken, Remove);
        return taken;
    }
}
