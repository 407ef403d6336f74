using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Access;

/// <summary>Tells by its token which client asks: verbatim, and in a time that tells nothing.</summary>
/// <remarks>
/// Only hashes are kept, so that not even a length can be measured, and every entry is visited (contract R11). The book knows names
/// only: what a client may read comes from the same snapshot as the destinations.
/// </remarks>
internal sealed partial class ClientBook
{
    /// <summary>Former tokens of one client that are still valid.</summary>
    /// <remarks>One more would end the oldest before the time that event 603 named.</remarks>
    public const int MostValid = 16;

    // Enough to name a token that was rotated away for what it is.
    private const int MostEnded = 4;

    /// <summary>The end of a token that was not accepted at any time since the start.</summary>
    private static readonly DateTimeOffset Distrusted = DateTimeOffset.MinValue;

    private readonly bool _allowAnonymous;
    private readonly TimeProvider _clock;
    private readonly Lock _replacing = new();
    private readonly ILogger<ClientBook> _logger;
    private ImmutableArray<Entry> _entries = [];

    public ClientBook(AccessSettings settings, TimeProvider clock, ILogger<ClientBook> logger)
    {
        (_allowAnonymous, _clock, _logger) = (settings.AllowAnonymous, clock, logger);

        // A missing token alone never means everyone.
        if (settings.Clients.IsEmpty != _allowAnonymous || settings.Clients.Any(client => client.Token is not { Length: > 0 }))
        {
            throw new ArgumentException("Either clients, each with a token, or AllowAnonymous.", nameof(settings));
        }

        Add(settings.Clients);
    }

    /// <summary>Whether a request is accepted by its token; otherwise everybody is.</summary>
    public bool UseTokens => !_allowAnonymous;

    /// <summary>The name of the client whose token it is.</summary>
    /// <param name="authorization">The header's value as it came; no scheme is taken off it.</param>
    /// <exception cref="RejectedException">The token is missing, or it belongs to no client.</exception>
    public string Identify(string? authorization)
    {
        if (_allowAnonymous)
        {
            return Client.Anyone.Name;
        }

        var found = Find(authorization);
        return (found ?? throw Unknown(authorization)) is { EndsAt: { } end } ? OfFormer(found, end) : found.Client;
    }

    /// <summary>The client whose valid token it is, for a request that is rejected for another reason; null where it is no client's.</summary>
    public string? Known(string? authorization) =>
        !_allowAnonymous && Find(authorization) is { } found && !(_clock.GetUtcNow() >= found.EndsAt) ? found.Client : null;

    private Entry? Find(string? authorization)
    {
        Span<byte> given = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(authorization ?? ""), given);
        Entry? found = null;

        foreach (var entry in _entries)
        {
            if (CryptographicOperations.FixedTimeEquals(given, entry.Hash))
            {
                found = entry;
            }
        }

        return found;
    }

    /// <summary>Adds clients, each with a token.</summary>
    public void Add(IReadOnlyCollection<ClientSettings> clients)
    {
        using var alone = _replacing.EnterScope();

        // The ones of now come last, and so win over one that was found elsewhere.
        _entries =
        [
            .. from client in clients where client.Distrusted is not null select EntryOf(client, client.Distrusted!) with { EndsAt = Distrusted },
            .. _entries,
            .. from client in clients select EntryOf(client, client.Token!),
        ];
    }

    /// <summary>Forgets every token of the clients that are not listed.</summary>
    public void Keep(IReadOnlySet<string> clients)
    {
        using var alone = _replacing.EnterScope();
        _entries = [.. _entries.Where(entry => clients.Contains(entry.Client))];
    }

    /// <summary>Gives a client another token; the former one stays valid for the grace time.</summary>
    /// <param name="publish">Lets its containers have the new one, which is valid before they can read it. Where this fails, nothing has changed.</param>
    /// <returns>Null where the client has it; else until when there is no room for another former token.</returns>
    public DateTimeOffset? Replace(string client, string token, TimeSpan grace, Action publish)
    {
        using var alone = _replacing.EnterScope();
        var (former, now) = (_entries, _clock.GetUtcNow());
        var valid = former.Where(entry => entry.Client == client && entry.EndsAt > now).Select(entry => entry.EndsAt).ToArray();

        if (valid.Length >= MostValid)
        {
            return valid.Min();
        }

        var added = new Entry(client, Hash(token));
        _entries = former.Add(added);

        try
        {
            publish();
        }
        catch
        {
            _entries = former;
            throw;
        }

        var end = now + grace;
        var others = former.Select(entry => entry.Client == client && entry.EndsAt is null ? entry with { EndsAt = end } : entry);
        var tooOld = former.Where(entry => entry.Client == client && entry.EndsAt <= now).SkipLast(MostEnded).ToHashSet();
        _entries = [.. others.Where((_, i) => !tooOld.Contains(former[i])), added];
        return null;
    }

    /// <summary>Whether that is what a client must send now; for telling whether a file has changed.</summary>
    public bool IsCurrent(string client, string token)
    {
        var hash = Hash(token);
        return _entries.Any(entry => entry.Client == client && entry.EndsAt is null && CryptographicOperations.FixedTimeEquals(entry.Hash, hash));
    }

    /// <summary>Whose token it is or was; null where it is nobody's.</summary>
    public string? OwnerOf(string token)
    {
        var hash = Hash(token);
        return _entries.LastOrDefault(entry => CryptographicOperations.FixedTimeEquals(entry.Hash, hash))?.Client;
    }

    private static Entry EntryOf(ClientSettings client, string token) => new(client.Name, Hash(token));

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private RejectedException Unknown(string? authorization) => new(RejectionReason.Unauthorized, authorization switch
    {
        null or "" => "No authorization token was sent. Set AWS_CONTAINER_AUTHORIZATION_TOKEN or AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE to the sidecar's.",
        _ => TokenForm.Explain(authorization, inner => Known(inner) is not null),
    });

    private string OfFormer(Entry entry, DateTimeOffset end)
    {
        if (end == Distrusted)
        {
            throw new RejectedException(RejectionReason.Unauthorized,
                "The authorization token was replaced when the sidecar started after an unclean end. Restart this container, or give it AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, which is read again.");
        }

        if (_clock.GetUtcNow() >= end)
        {
            throw new RejectedException(RejectionReason.Unauthorized,
                $"The authorization token was replaced, and is not valid since {end:yyyy-MM-ddTHH:mm:ssZ}. Restart this container, or give it AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, which is read again.");
        }

        // Whoever reads a file at each retrieval has the new one.
        if (Interlocked.Exchange(ref entry.Warned.Value, 1) == 0)
        {
            Log.FormerTokenUsed(_logger, entry.Client, end);
        }

        return entry.Client;
    }

    private sealed record Entry(string Client, byte[] Hash)
    {
        /// <summary>When a token that was replaced stops being valid; null for the one of now.</summary>
        public DateTimeOffset? EndsAt { get; init; }

        public StrongBox<int> Warned { get; } = new();
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.FormerTokenUsed, LogLevel.Warning,
            "Client {Client} still sends the token from before the last rotation, which ends at {End:yyyy-MM-ddTHH:mm:ssZ}. A container that was given AWS_CONTAINER_AUTHORIZATION_TOKEN never sees a new one: "
            + "restart it before then, or give it AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE.")]
        public static partial void FormerTokenUsed(ILogger logger, string client, DateTimeOffset end);
    }
}
