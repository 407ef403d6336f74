namespace CredentialSidecar.Access;

/// <summary>Connections in order of arrival, grouped by owner. Not thread-safe.</summary>
internal sealed class Queues<TKey>
    where TKey : class
{
    private readonly Dictionary<TKey, LinkedList<Guest>> _queues = [];

    public int Total { get; private set; }

    public IEnumerable<Guest> All => _queues.Values.SelectMany(queue => queue);

    public int CountOf(TKey key) => _queues.TryGetValue(key, out var queue) ? queue.Count : 0;

    /// <summary>The owner with the most connections; null if there are none.</summary>
    public TKey? Largest() => _queues.Count > 0 ? _queues.MaxBy(queue => queue.Value.Count).Key : null;

    /// <param name="among">How many of the oldest to look at.</param>
    public Guest? Oldest(TKey key, Func<Guest, bool> where, int among = int.MaxValue) =>
        _queues.TryGetValue(key, out var queue) ? queue.Take(among).FirstOrDefault(where) : null;

    public void Add(TKey key, Guest guest)
    {
        if (!_queues.TryGetValue(key, out var queue))
        {
            _queues.Add(key, queue = []);
        }

        guest.Place = queue.AddLast(guest);
        Total++;
    }

    public void Remove(TKey key, Guest guest)
    {
        var queue = guest.Place!.List!;
        queue.Remove(guest.Place);
        guest.Place = null;
        Total--;

        if (queue.Count == 0)
        {
            _queues.Remove(key);
        }
    }
}
