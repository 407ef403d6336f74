using System.Collections.Frozen;
using System.Collections.Immutable;
using CredentialSidecar.Access;
using CredentialSidecar.Caching;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Endpoint;

/// <summary>
/// An immutable snapshot of what requests read: destinations, tokens, what each client may read, and the destination of each uid.
/// </summary>
/// <remarks>A request uses one snapshot, so it never combines a permission of one configuration with a role of another.</remarks>
internal sealed class Snapshot
{
    private readonly FrozenDictionary<string, Client> _clients;
    private readonly FrozenDictionary<uint, Destination> _intercepted;

    private readonly FrozenDictionary<uint, string> _byUid;

    private Snapshot(Snapshot other) =>
        (Tree, _clients, _byUid, _intercepted) = (other.Tree, other._clients, other._byUid, other._intercepted);

    public Snapshot(SessionTree tree, IReadOnlyCollection<ClientSettings> clients, IEnumerable<InterceptedUser> intercepted)
    {
        Tree = tree;

        // Without clients, access is anonymous. A configured client may be called "anyone" too.
        _clients = clients.Select(client => new Client(client.Name, client.Destinations, client.Uids)).DefaultIfEmpty(Client.Anyone)
            .ToFrozenDictionary(client => client.Name, StringComparer.Ordinal);
        _byUid = clients.Where(client => client.Origin == TokenOrigin.None)
            .SelectMany(client => client.Uids!, (client, uid) => (client, uid))
            .ToFrozenDictionary(pair => pair.uid, pair => pair.client.Name);
        _intercepted = intercepted.ToFrozenDictionary(user => user.Uid, user => tree.Find(user.Destination)!);
    }

    public SessionTree Tree { get; }

    /// <summary>The tokens of the clients.</summary>
    public ImmutableArray<TokenEntry> Tokens { get; init; } = [];

    /// <param name="name">The client's name in <see cref="ClientBook"/>.</param>
    /// <exception cref="RejectedException">A reload removed the client.</exception>
    public Client ClientOf(string name) => _clients.GetValueOrDefault(name) ?? throw new RejectedException(
        RejectionReason.Unauthorized, "The authorization token belongs to a client that was removed from the sidecar's configuration.");

    /// <summary>Whether a client is identified by its uid alone.</summary>
    public bool HasUidClients => _byUid.Count > 0;

    /// <summary>The client that is identified by this uid alone; null if there is none.</summary>
    public string? ClientOfUid(uint uid) => _byUid.GetValueOrDefault(uid);

    /// <summary>The uids whose connections may use the client's token; null means any.</summary>
    public IReadOnlySet<uint>? UidsOf(string client) => _clients.GetValueOrDefault(client)?.Uids;

    /// <summary>The same snapshot with other tokens.</summary>
    public Snapshot With(ImmutableArray<TokenEntry> tokens) => new(this) { Tokens = tokens };

    /// <summary>The destination of an intercepted user.</summary>
    public Destination DestinationOf(uint uid) => _intercepted[uid];
}

/// <summary>The current snapshot. A reload or a new token replaces it.</summary>
internal sealed class Served(Snapshot first) : ITokenStore
{
    private readonly Lock _gate = new();
    private Snapshot _current = first;

    public Snapshot Current => Volatile.Read(ref _current);

    public ImmutableArray<TokenEntry> Tokens => Current.Tokens;

    public void Update(Func<ImmutableArray<TokenEntry>, ImmutableArray<TokenEntry>> next) =>
        Swap(current => current.With(next(current.Tokens)));

    /// <summary>Replaces the snapshot; no other change comes between the read and the write.</summary>
    public void Swap(Func<Snapshot, Snapshot> next)
    {
        lock (_gate)
        {
            Volatile.Write(ref _current, next(_current));
        }
    }
}
