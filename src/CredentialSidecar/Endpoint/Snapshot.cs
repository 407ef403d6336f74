using System.Collections.Frozen;
using CredentialSidecar.Access;
using CredentialSidecar.Caching;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Endpoint;

/// <summary>Everything that requests read, at one moment: destinations, what each client may read, and the destination of each uid.</summary>
/// <remarks>A request takes one snapshot and works on it, so it never meets a permission of one configuration and a role of another.</remarks>
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

    /// <param name="name">As <see cref="ClientBook"/> knows it.</param>
    /// <exception cref="RejectedException">A reload has just removed the client.</exception>
    public Client ClientOf(string name) => _clients.GetValueOrDefault(name) ?? throw new RejectedException(
        RejectionReason.Unauthorized, "The authorization token belongs to a client that is not in the sidecar's configuration any more.");

    /// <summary>The destination of an intercepted user.</summary>
    public Destination DestinationOf(uint uid) => _intercepted[uid];
}

/// <summary>The snapshot that requests read now. A reload swaps it.</summary>
internal sealed class Served(Snapshot first)
{
    private Snapshot _current = first;

    public Snapshot Current
    {
        get => Volatile.Read(ref _current);
        set => Volatile.Write(ref _current, value);
    }
}
