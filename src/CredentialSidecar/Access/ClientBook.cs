using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Access;

/// <summary>Finds the client of an authorization token, by exact comparison in constant time.</summary>
/// <remarks>
/// The book keeps only hashes, so timing does not reveal a token's length, and compares with every entry (contract R11).
/// The book knows client names only: the snapshot with the destinations says what a client may read.
/// </remarks>
internal sealed partial class ClientBook
{
    /// <summary>Former tokens of one client that are still valid.</summary>
    /// <remarks>One more would end the oldest one before the time that event 603 announced.</remarks>
    public const int MostValid = 16;

    // Enough to recognize a token that was replaced some time ago.
    private const int MostEnded = 4;

    /// <summary>Marks a former token that was never valid in this process.</summary>
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
            throw new ArgumentException("Expected clients that each have a token, or AllowAnonymous.", nameof(settings));
        }

        Add(settings.Clients);
    }

    /// <summary>Whether a request needs a token; false if Access:AllowAnonymous is set.</summary>
    public bool UseTokens => !_allowAnonymous;

    /// <summary>The name of the client that this token belongs to.</summary>
    /// <param name="authorization">The value of the Authorization header, unchanged; no scheme is removed.</param>
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

    /// <summary>The client of a valid token, for a request that is rejected for another reason; null if the token is not valid.</summary>
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

        // The current tokens come last, so they win over a former one with the same text.
        _entries =
        [
            .. clients.Where(client => client.Distrusted is not null)
                .Select(client => EntryOf(client, client.Distrusted!) with { EndsAt = Distrusted }),
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

    /// <summary>Gives a client a new token; the former one stays valid for the grace time.</summary>
    /// <param name="publish">Publishes the new token to the client's containers; the token is already valid then. If this throws, nothing
    /// changes.</param>
    /// <returns>Null if the client has the new token; otherwise the time until which no further former token fits.</returns>
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

    /// <summary>Whether this is the client's current token; tells whether a token file has changed.</summary>
    public bool IsCurrent(string client, string token)
    {
        var hash = Hash(token);
        return _entries.Any(entry =>
            entry.Client == client && entry.EndsAt is null && CryptographicOperations.FixedTimeEquals(entry.Hash, hash));
    }

    /// <summary>The client that has or had this token; null if no client did.</summary>
    public string? OwnerOf(string token)
    {
        var hash = Hash(token);
        return _entries.LastOrDefault(entry => CryptographicOperations.FixedTimeEquals(entry.Hash, hash))?.Client;
    }

    private static Entry EntryOf(ClientSettings client, string token) => new(client.Name, Hash(token));

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private RejectedException Unknown(string? authorization) => new(RejectionReason.Unauthorized, authorization switch
    {
        null or "" =>
            "The request has no authorization token. Set AWS_CONTAINER_AUTHORIZATION_TOKEN or AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE to "
            + "the sidecar's token.",
        _ => TokenForm.Explain(authorization, inner => Known(inner) is not null),
    });

    private string OfFormer(Entry entry, DateTimeOffset end)
    {
        if (end == Distrusted)
        {
            throw new RejectedException(RejectionReason.Unauthorized,
                "The sidecar replaced this authorization token when it started after an unclean end. "
                + "Restart this container, or use AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, which SDKs read again.");
        }

        if (_clock.GetUtcNow() >= end)
        {
            throw new RejectedException(RejectionReason.Unauthorized,
                $"This authorization token was replaced and expired at {end:yyyy-MM-ddTHH:mm:ssZ}. "
                + "Restart this container, or use AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, which SDKs read again.");
        }

        // A container that reads the token file for each request has the new token already.
        if (Interlocked.Exchange(ref entry.Warned.Value, 1) == 0)
        {
            Log.FormerTokenUsed(_logger, entry.Client, end);
        }

        return entry.Client;
    }

    private sealed record Entry(string Client, byte[] Hash)
    {
        /// <summary>When a replaced token expires; null for the current token.</summary>
        public DateTimeOffset? EndsAt { get; init; }

        public StrongBox<int> Warned { get; } = new();
    }
}
