using System.Text.RegularExpressions;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration;

namespace CredentialSidecar.Sources;

/// <summary>Hides configured secrets, external ids and live credentials in text from outside, which may echo what it was sent.</summary>
internal sealed partial class SecretMask
{
    private const string Hidden = "***";

    // Fewer characters would be found by accident, in the ARNs that an operator needs.
    private const int Piece = 8;

    private readonly Lock _gate = new();
    private readonly string[] _configured;
    private readonly string[] _externalIds;
    private readonly Dictionary<string, TemporaryCredentials> _live = new(StringComparer.Ordinal);
    private readonly TimeProvider _clock;

    public SecretMask(SidecarSettings settings, TimeProvider clock)
    {
        _clock = clock;
        _configured =
        [
            .. settings.Clients.Select(client => client.Token).Append(settings.Source.Token)
                .Concat((settings.Export ?? new Dictionary<string, string>()).Where(variable => variable.Key.EndsWith("_HEADERS", StringComparison.Ordinal))
                    .SelectMany(variable => variable.Value.Split(',')).Select(header => header[(header.IndexOf('=', StringComparison.Ordinal) + 1)..]))
                .OfType<string>().Where(secret => secret.Length > 1).SelectMany(AsSent),
        ];
        _externalIds = [.. settings.Options.Destinations.Values.SelectMany(destination => destination.Hops).Select(hop => hop.ExternalId)
            .OfType<string>().Where(id => id.Length > 1).Distinct(StringComparer.Ordinal).SelectMany(AsSent)];
    }

    /// <summary>From now on these are hidden too, until they expire.</summary>
    public void Add(TemporaryCredentials credentials)
    {
        lock (_gate)
        {
            var now = _clock.GetUtcNow();

            foreach (var ended in _live.Where(live => live.Value.Expiration <= now).Select(live => live.Key).ToArray())
            {
                _live.Remove(ended);
            }

            _live[credentials.AccessKeyId] = credentials;
        }
    }

    /// <summary>The text without any secret, and without eight characters in a row of a key or token.</summary>
    public string Apply(string text)
    {
        var hidden = new bool[text.Length];

        foreach (var secret in Secrets())
        {
            HidePieces(text, secret, hidden);
        }

        // Whole ones only: a piece may be the name of a role, which an operator needs.
        foreach (var id in _externalIds)
        {
            HideWhole(text, id, hidden);
        }

        foreach (Match likely in Likely().Matches(text))
        {
            hidden.AsSpan(likely.Groups["value"].Index, likely.Groups["value"].Length).Fill(true);
        }

        return string.Concat(text.Select((c, i) => !hidden[i] ? c.ToString() : i > 0 && hidden[i - 1] ? "" : Hidden));
    }

    private string[] Secrets()
    {
        lock (_gate)
        {
            return [.. _configured, .. _live.Values.SelectMany(live => new[] { live.SecretAccessKey, live.SessionToken }).Where(secret => secret.Length > 1).SelectMany(AsSent)];
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

            // A short one is part of many words.
            if (secret.Length >= Piece || (!char.IsAsciiLetterOrDigit(before) && !char.IsAsciiLetterOrDigit(after)))
            {
                hidden.AsSpan(at, secret.Length).Fill(true);
            }
        }
    }

    private static IEnumerable<string> AsSent(string secret) => new[] { secret, Uri.EscapeDataString(secret) }.Distinct(StringComparer.Ordinal);

    // Session tokens of AWS, JSON web tokens, and whatever calls itself a secret: those of others are not known here.
    [GeneratedRegex("""
        (?<value>(?:IQoJ|FwoG|FQoG|AQoD)[A-Za-z0-9+/=_%-]{16,}|eyJ[\w-]{10,}\.[\w.-]+)|(?i:password|passwd|secret\w*|token|authorization|bearer)["']?\s*[=:]\s*["']?(?<value>[^\s"',;]+)
        """)]
    private static partial Regex Likely();
}
