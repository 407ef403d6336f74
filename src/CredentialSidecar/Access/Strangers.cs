using System.Net;

namespace CredentialSidecar.Access;

/// <summary>Connections that have shown no valid token, and who of them leaves first. For one thread at a time.</summary>
/// <param name="most">How many there may be at once.</param>
internal sealed class Strangers(int most, TimeProvider clock)
{
    // 10 000 newcomers a second can come in. Others wait in the kernel's queue, and clients wait there with them.
    private static readonly TimeSpan EachChance = TimeSpan.FromSeconds(1) / 10_000;

    private static readonly TimeSpan ShortestChance = TimeSpan.FromMilliseconds(1), LongChance = TimeSpan.FromMilliseconds(500);

    // Each of them costs a question to the kernel.
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

    /// <summary>Removes one: of the address that has the most, the oldest that waits for its rejection, has sent nothing, or is being answered.</summary>
    /// <param name="hasTime">Whether newcomers can wait, so that connections may stay longer.</param>
    /// <param name="wait">How long it must stay until this can be said again; nothing is removed then.</param>
    /// <returns>Null where there is none, or it must stay.</returns>
    public Guest? TakeFirst(bool hasTime, out TimeSpan wait)
    {
        var chance = hasTime && FairChance < LongChance ? LongChance : FairChance;

        // A guesser that is too young to leave must not protect older connections: it ends by itself after its delay.
        var first = _guessers.Largest() is { } guessing && _guessers.Oldest(guessing, guest => clock.GetElapsedTime(guest.Arrived) >= chance, 1) is { } guesser ? guesser
            : _unknown.Largest() is { } address ? _unknown.Oldest(address, guest => !guest.IsUnheard, MostCandidates) ?? _unknown.Oldest(address, _ => true)
            : _guessers.Largest() is { } last ? _guessers.Oldest(last, _ => true)
            : null;

        // A crowd reconnects at once when it is closed, and that costs more than keeping its connections.
        wait = first is null ? TimeSpan.Zero : chance - clock.GetElapsedTime(first.Arrived);

        if (first is null || wait > TimeSpan.Zero)
        {
            return null;
        }

        Remove(first);
        return first;
    }

    /// <summary>Removes all on which no request is answered.</summary>
    public Guest[] TakeIdle() => Take(_unknown.All.Concat(_guessers.All).Where(guest => !guest.IsBusy));

    /// <summary>Removes those that have sent nothing for so long. Guessers wait for us, so they are not among them.</summary>
    public Guest[] TakeSilent(TimeSpan longest)
    {
        var now = clock.GetTimestamp();
        Guest[] quiet = [.. _unknown.All.Where(guest => !guest.IsBusy && clock.GetElapsedTime(guest.QuietSince, now) >= longest)];

        // What has arrived meanwhile is half a request, for the rest of which Kestrel has a limit.
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
