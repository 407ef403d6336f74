using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Sources;

/// <summary>Masks configured secrets, external ids and live credentials in text from outside, which may echo a request.</summary>
internal sealed partial class SecretMask
{
    private const string Hidden = "***";

    // Shorter texts would match by accident, for example in the ARNs that an operator needs.
    private const int Piece = 8;

    // Those of the newest configuration come first.
    private const int MostExternalIds = 10_000;

    private readonly Lock _gate = new();
    private string[] _configured;
    private string[] _externalIds;
    private readonly Dictionary<(string Key, string Token), (DateTimeOffset Expiration, SecretTraces Traces)> _live = [];
    private readonly TimeProvider _clock;

    /// <param name="secrets">Configured secrets; a piece of one is masked too.</param>
    /// <param name="externalIds">Masked as a whole only.</param>
    public SecretMask(IEnumerable<string> secrets, IEnumerable<string> externalIds, TimeProvider clock)
    {
        _clock = clock;
        (_configured, _externalIds) = (Forms(secrets), Forms(externalIds));
    }

    /// <summary>Masks what is secret in a new configuration too. A call with a former external id may still be under way.</summary>
    public void Follow(IEnumerable<string> secrets, IEnumerable<string> externalIds)
    {
        Volatile.Write(ref _configured, [.. Forms(secrets).Union(_configured)]);
        Volatile.Write(ref _externalIds, [.. Forms(externalIds).Union(_externalIds).Take(MostExternalIds)]);
    }

    /// <summary>Masks these credentials until they expire.</summary>
    public void Add(TemporaryCredentials credentials) =>
        Add((credentials.SecretAccessKey, credentials.SessionToken), credentials.Expiration);

    /// <summary>Masks a token until that time.</summary>
    public void Add(string token, DateTimeOffset until) => Add((token, ""), until);

    private void Add((string Key, string Token) secrets, DateTimeOffset expiration)
    {
        lock (_gate)
        {
            var now = _clock.GetUtcNow();

            foreach (var ended in _live.Where(live => live.Value.Expiration <= now).Select(live => live.Key).ToArray())
            {
                _live.Remove(ended);
            }

            // A signer is added at each call, and its traces stay the same.
            var traces = _live.TryGetValue(secrets, out var known) ? known.Traces : new SecretTraces(FormsOf(secrets), Piece);
            _live[secrets] = (expiration, traces);
        }
    }

    /// <summary>The text with every secret masked, and every piece of eight or more characters of a key or token.</summary>
    public string Apply(string text)
    {
        var hidden = new bool[text.Length];

        foreach (var secret in SecretsIn(text))
        {
            HidePieces(text, secret, hidden);
        }

        // Only the whole external id: a piece may be the name of a role, which an operator needs.
        foreach (var id in Volatile.Read(ref _externalIds))
        {
            HideWhole(text, id, hidden);
        }

        foreach (Match likely in Likely().Matches(text))
        {
            hidden.AsSpan(likely.Groups["value"].Index, likely.Groups["value"].Length).Fill(true);
        }

        return string.Concat(text.Select((c, i) => !hidden[i] ? c.ToString() : i > 0 && hidden[i - 1] ? "" : Hidden));
    }

    private static string[] Forms(IEnumerable<string> secrets) =>
        [.. secrets.Where(secret => secret.Length > 1).Distinct(StringComparer.Ordinal).SelectMany(AsSent)];

    private static IEnumerable<string> FormsOf((string Key, string Token) secrets) =>
        new[] { secrets.Key, secrets.Token }.Where(secret => secret.Length > 1).SelectMany(AsSent);

    /// <summary>The forms of all secrets of which a piece may be in the text.</summary>
    private string[] SecretsIn(string text)
    {
        lock (_gate)
        {
            return [.. _configured, .. _live.Where(live => live.Value.Traces.MayOccurIn(text)).SelectMany(live => FormsOf(live.Key))];
        }
    }

    private static void HidePieces(string text, string secret, bool[] hidden)
    {
        if (secret.Length < Piece)
        {
            HideWhole(text, secret, hidden);
        }

        for (var i = 0; i + Piece <= text.Length; i++)
        {
            if (secret.AsSpan().Contains(text.AsSpan(i, Piece), StringComparison.Ordinal))
            {
                hidden.AsSpan(i, Piece).Fill(true);
            }
        }
    }

    private static void HideWhole(string text, string secret, bool[] hidden)
    {
        for (var at = text.IndexOf(secret, StringComparison.Ordinal); at >= 0; at = text.IndexOf(secret, at + 1, StringComparison.Ordinal))
        {
            var (before, after) = (at == 0 ? ' ' : text[at - 1], at + secret.Length == text.Length ? ' ' : text[at + secret.Length]);

            // A short id occurs in many words.
            if (secret.Length >= Piece || (!char.IsAsciiLetterOrDigit(before) && !char.IsAsciiLetterOrDigit(after)))
            {
                hidden.AsSpan(at, secret.Length).Fill(true);
            }
        }
    }

    /// <summary>The forms in which an error may echo a secret: plain, percent-encoded in either case, JSON, XML and base64.</summary>
    private static IEnumerable<string> AsSent(string secret)
    {
        var encoded = Uri.EscapeDataString(secret);
        var lower = Percent().Replace(encoded, hex => hex.Value.ToLowerInvariant());
        var base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)).TrimEnd('=');
        var json = secret.Replace("/", "\\/", StringComparison.Ordinal);
        return new[] { secret, encoded, lower, json, WebUtility.HtmlEncode(secret), base64 }.Distinct(StringComparer.Ordinal);
    }

    // AWS keys and session tokens, JSON web tokens, tokens of Vault, private keys and labelled secrets of others, whose values the
    // sidecar does not know.
    [GeneratedRegex("""
        (?<value>(?:IQoJ|FwoG|FQoG|AQoD)[A-Za-z0-9+/=_%-]{16,}|eyJ[\w-]{10,}\.[\w.-]+)
        |(?i:\b(?:basic|bearer)\s+)(?<value>[A-Za-z0-9+/=._~-]{8,})
        |(?i:pass(?:word|wd|phrase))["']?\s*[=:]\s*["']?(?<value>[^"',;\r\n]+)
        |(?i:secret\w*|token|signature|authorization|bearer|api[-_]?key)["']?\s*[=:]\s*
            (?:"(?<value>(?:\\.|[^"\\])+)|'(?<value>[^']+)|(?:(?i:basic|bearer)\s+)?(?<value>[^\s"',;]+))
        |(?<value>-----BEGIN\ [A-Z\ ]*PRIVATE\ KEY-----[\s\S]*?(?:-----END\ [A-Z\ ]*PRIVATE\ KEY-----|$))
        |(?<value>\bhv[sbr]\.[\w-]{20,})
        |(?<![A-Za-z0-9/+=])(?<value>(?=[a-z0-9/+]*[A-Z])(?=[A-Z0-9/+]*[a-z])(?=[A-Za-z/+]*[0-9])[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])
        |(?i:secret_?access_?key|client_?secret|session_?token)\s+(?:is\s+)?(?<value>[^\s"',;]{16,})
        |(?i:--(?:password|passphrase|token|secret|api-key))[=\s]+(?<value>[^\s"']+)
        |(?<=://)(?<value>[^\s/@"']+)(?=@)
        |(?<=-u\s)(?<value>[^\s:]+:\S+)
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Likely();

    [GeneratedRegex("%[0-9A-F]{2}")]
    private static partial Regex Percent();
}
