using System.Net;

namespace CredentialSidecar.Access;

/// <summary>Connections that have shown no valid token, and who of them leaves first. For one thread at a time.</summary>
internal sealed class Strangers(TimeProvider clock)
{
    // Each of them costs a question to the kernel.
    private const int MostCandidates = 16;

    private readonly Queues<IPAddress> _unknown = new();
    private readonly Queues<IPAddress> _guessers = new();

    public int Total => _unknown.Total + _guessers.Total;

    /// <summary>Those whose rejection is not certain.</summary>
    public IEnumerable<Guest> Unknown => _unknown.All;

    public IEnumerable<Guest> All => _unknown.All.Concat(_guessers.All);

    public void Add(Guest guest) => _unknown.Add(guest.Address, guest);

    public void Remove(Guest guest) => (guest.IsGuesser ? _guessers : _unknown).Remove(guest.Address, guest);

    public void Distrust(Guest guest)
    {
        Remove(guest);
        guest.IsGuesser = true;
        _guessers.Add(guest.Address, guest);
    }

    /// <summary>Removes one: of the address that has the most, the oldest that waits for its rejection, has sent nothing, or is being answered.</summary>
    /// <param name="chance">How long it must have been here.</param>
    /// <param name="wait">How long it must stay until this can be said again; nothing is removed then.</param>
    /// <returns>Null where there is none, or it must stay.</returns>
    public Guest? TakeFirst(TimeSpan chance, out TimeSpan wait)
    {
        // One that came just now shields nobody: it leaves by itself after its wait, and others may be older.
        var first = _guessers.Largest() is { } guessing && _guessers.Oldest(guessing, guest => clock.GetElapsedTime(guest.Arrived) >= chance, 1) is { } guesser ? guesser
            : _unknown.Largest() is { } address ? _unknown.Oldest(address, guest => !guest.IsUnheard, MostCandidates) ?? _unknown.Oldest(address, _ => true)
            : _guessers.Largest() is { } last ? _guessers.Oldest(last, _ => true)
            : null;

        // Whoever is sent away comes again at once, and a crowd that comes and goes costs more than one that stays.
        wait = first is null ? TimeSpan.Zero : chance - clock.GetElapsedTime(first.Arrived);

        if (first is null || wait > TimeSpan.Zero)
        {
            return null;
        }

        Remove(first);
        return first;
    }
}
