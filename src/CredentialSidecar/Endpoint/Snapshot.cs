using System.Collections.Frozen;
using CredentialSidecar.Access;
using CredentialSidecar.Caching;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Endpoint;

/// <summary>
/// An immutable snapshot of what requests read: the destinations, what each client may read, and the destination of each uid.
/// </summary>
/// <remarks>A request uses one snapshot, so it never combines a permission of one configuration with a role of another.</remarks>
internal sealed class Snapshot
{
    private readonly FrozenDictionary<string, Client> _clients;
    private readonly FrozenDictionary<uint, Destination> _intercepted;

    public Snapshot(SessionTree tree, IEnumerable<ClientSettings> clients, IEnumerable<InterceptedUser> intercepted)
    {
        Tree = tree;
        _clients = clients.Select(client => new Client(client.Name, client.Destinations)).Append(Client.Anyone)
            .ToFrozenDictionary(client => client.Name, StringComparer.Ordinal);
        _intercepted = intercepted.ToFrozenDictionary(user => user.Uid, user => tree.Find(user.Destination)!);
    }

    public SessionTree Tree { get; }

    /// <param name="name">The client's name in <see cref="ClientBook"/>.</param>
    /// <exception cref="RejectedException">A reload removed the client.</exception>
    public Client ClientOf(string name) => _clients.GetValueOrDefault(name) ?? throw new RejectedException(
        RejectionReason.Unauthorized, "The authorization token belongs to a client that was removed from the sidecar's configuration.");

    /// <summary>The destination of an intercepted user.</summary>
    public Destination DestinationOf(uint uid) => _intercepted[uid];
}

/// <summary>The current snapshot. A reload replaces it.</summary>
internal sealed class Served(Snapshot first)
{
    private Snapshot _current = first;

    public Snapshot Current
    {
        get => Volatile.Read(ref _current);
        set => Volatile.Write(ref _current, value);
    }
}
