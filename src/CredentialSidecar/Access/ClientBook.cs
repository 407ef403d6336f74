using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Access;

/// <summary>Finds the client of an authorization token, by exact comparison in constant time.</summary>
/// <remarks>
/// The book keeps only hashes, so timing does not reveal a token's length, and compares with every entry (contract R11).
/// The tokens are in the snapshot that also says what each client may read, so a reload replaces both together.
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
    private readonly ITokenStore _store;
    private readonly TimeProvider _clock;
    private readonly Lock _replacing = new();
    private readonly ILogger<ClientBook> _logger;

    public ClientBook(AccessSettings settings, ITokenStore store, TimeProvider clock, ILogger<ClientBook> logger)
    {
        (_allowAnonymous, _store, _clock, _logger) = (settings.AllowAnonymous, store, clock, logger);

        // A missing token alone never means everyone.
        if (settings.Clients.IsEmpty != _allowAnonymous || settings.Clients.Any(client => client.IsOpen))
        {
            throw new ArgumentException("Expected clients that each have a token or uids, or AllowAnonymous.", nameof(settings));
        }

        store.Update(tokens => Next(tokens, settings));
    }

    /// <summary>Whether a request needs a token; false if Access:AllowAnonymous is set.</summary>
    public bool UseTokens => !_allowAnonymous;

    /// <summary>The name of the client that this token belongs to.</summary>
    /// <param name="authorization">The value of the Authorization header, unchanged; no scheme is removed.</param>
    /// <param name="tokens">The tokens of the snapshot that the request uses; null means those in force.</param>
    /// <exception cref="RejectedException">The token is missing, or it belongs to no client.</exception>
    public string Identify(string? authorization, ImmutableArray<TokenEntry>? tokens = null)
    {
        if (_allowAnonymous)
        {
            return Client.Anyone.Name;
        }

        var found = Find(authorization, tokens ?? _store.Tokens);
        return (found ?? throw Unknown(authorization)) is { EndsAt: { } end } ? OfFormer(found, end) : found.Client;
    }

    /// <summary>The client of a valid token, for a request that is rejected for another reason; null if the token is not valid.</summary>
    public string? Known(string? authorization) =>
        !_allowAnonymous && Find(authorization, _store.Tokens) is { } found && !(_clock.GetUtcNow() >= found.EndsAt) ? found.Client : null;

    private static TokenEntry? Find(string? authorization, ImmutableArray<TokenEntry> tokens)
    {
        Span<byte> given = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(authorization ?? ""), given);
        TokenEntry? found = null;

        foreach (var entry in tokens)
        {
            if (CryptographicOperations.FixedTimeEquals(given, entry.Hash))
            {
                found = entry;
            }
        }

        return found;
    }

    /// <summary>The tokens of a new configuration: a token that differs from the current one replaces it as in a rotation.</summary>
    /// <param name="tokens">The tokens in force.</param>
    public ImmutableArray<TokenEntry> Next(ImmutableArray<TokenEntry> tokens, AccessSettings settings)
    {
        var (now, former, current) = (_clock.GetUtcNow(), new List<TokenEntry>(), new List<TokenEntry>());

        foreach (var client in settings.Clients.Where(client => client.Origin != TokenOrigin.None))
        {
            var own = tokens.Where(entry => entry.Client == client.Name).ToArray();
            var held = Array.FindLast(own, entry => entry.EndsAt is null);
            var isKept = held is not null && (client.Token is null || IsOf(held, client.Token));
            current.Add(isKept ? held! : EntryOf(client, client.Token!));
            former.AddRange(own.Where(entry => entry.EndsAt is not null));
            former.AddRange(isKept || held is null ? [] : [held with { EndsAt = now + settings.TokenGrace }]);
            former.AddRange(client.Distrusted is null ? [] : [EntryOf(client, client.Distrusted) with { EndsAt = Distrusted }]);
            former.RemoveAll(former.Where(entry => entry.Client == client.Name && entry.EndsAt > now).SkipLast(MostValid).Contains);
        }

        // The current tokens come last, so they win over a former one with the same text.
        return [.. former, .. current];
    }

    /// <summary>Gives a client a new token; the former one stays valid for the grace time.</summary>
    /// <param name="publish">Publishes the new token to the client's containers; the token is already valid then. If this throws, nothing
    /// changes.</param>
    /// <returns>Null if the client has the new token; otherwise the time until which no further former token fits.</returns>
    public DateTimeOffset? Replace(string client, string token, TimeSpan grace, Action publish)
    {
        using var alone = _replacing.EnterScope();
        var now = _clock.GetUtcNow();
        var valid = _store.Tokens.Where(entry => entry.Client == client && entry.EndsAt > now).Select(entry => entry.EndsAt).ToArray();

        if (valid.Length >= MostValid)
        {
            return valid.Min();
        }

        var added = new TokenEntry(client, Hash(token));
        _store.Update(tokens => tokens.Add(added));

        try
        {
            publish();
        }
        catch
        {
            _store.Update(tokens => tokens.Remove(added));
            throw;
        }

        _store.Update(tokens => [.. Ended(tokens, added, now, now + grace)]);
        return null;
    }

    private static IEnumerable<TokenEntry> Ended(
        ImmutableArray<TokenEntry> tokens, TokenEntry added, DateTimeOffset now, DateTimeOffset end)
    {
        var tooOld = tokens.Where(entry => entry.Client == added.Client && entry.EndsAt <= now).SkipLast(MostEnded).ToHashSet();
        return tokens.Where(entry => !tooOld.Contains(entry)).Select(entry =>
            entry.Client == added.Client && entry.EndsAt is null && entry != added ? entry with { EndsAt = end } : entry);
    }

    /// <summary>Whether this is the client's current token; tells whether a token file has changed.</summary>
    public bool IsCurrent(string client, string token)
    {
        var hash = Hash(token);
        return _store.Tokens.Any(entry =>
            entry.Client == client && entry.EndsAt is null && CryptographicOperations.FixedTimeEquals(entry.Hash, hash));
    }

    /// <summary>The client that has or had this token; null if no client did.</summary>
    public string? OwnerOf(string token)
    {
        var hash = Hash(token);
        return _store.Tokens.LastOrDefault(entry => CryptographicOperations.FixedTimeEquals(entry.Hash, hash))?.Client;
    }

    private static TokenEntry EntryOf(ClientSettings client, string token) => new(client.Name, Hash(token));

    private static bool IsOf(TokenEntry entry, string token) => CryptographicOperations.FixedTimeEquals(entry.Hash, Hash(token));

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private RejectedException Unknown(string? authorization) => new(RejectionReason.Unauthorized, authorization switch
    {
        null or "" =>
            "The request has no authorization token. Set AWS_CONTAINER_AUTHORIZATION_TOKEN or AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE to "
            + "the sidecar's token.",
        _ => TokenForm.Explain(authorization, inner => Known(inner) is not null),
    });

    private string OfFormer(TokenEntry entry, DateTimeOffset end)
    {
        if (end == Distrusted)
        {
            throw new RejectedException(RejectionReason.Unauthorized,
                "The sidecar does not accept this authorization token, because another process may have collected it. "
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
}
