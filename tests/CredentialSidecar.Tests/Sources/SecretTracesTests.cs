using System.Net;
using System.Security.Cryptography;
using System.Text;
using CredentialSidecar.Chains;
using CredentialSidecar.Sources;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Sources;

/// <summary>Among hundreds of live sessions, a piece of each is masked in every form, and other text stays.</summary>
public sealed class SecretTracesTests
{
    private static readonly Func<string, string>[] Forms =
    [
        secret => secret,
        Uri.EscapeDataString,
        secret => Uri.EscapeDataString(secret)
            .Replace("%2F", "%2f", StringComparison.Ordinal)
            .Replace("%2B", "%2b", StringComparison.Ordinal)
            .Replace("%3D", "%3d", StringComparison.Ordinal),
        secret => secret.Replace("/", "\\/", StringComparison.Ordinal),
        secret => WebUtility.HtmlEncode(secret)!,
        secret => Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)).TrimEnd('='),
    ];

    [Fact]
    public void Every_piece_of_every_live_session_is_masked()
    {
        var clock = new VirtualClock();
        var mask = new SecretMask([], [], clock);
        var sessions = Enumerable.Range(0, 300).Select(i => SessionOf(i, clock.GetUtcNow())).ToArray();
        Array.ForEach(sessions, mask.Add);

        for (var i = 0; i < sessions.Length; i++)
        {
            var secret = Forms[i % Forms.Length](i % 2 == 0 ? sessions[i].SessionToken : sessions[i].SecretAccessKey);
            var piece = secret.Substring(i % (secret.Length - 8), 8);

            Assert.DoesNotContain(piece, mask.Apply($"<Message>{piece}</Message>"), StringComparison.Ordinal);
        }

        Assert.Equal("STS said no to 1f2e3d4c.", mask.Apply("STS said no to 1f2e3d4c."));
    }

    [Fact]
    public void A_session_is_masked_until_it_expires()
    {
        var clock = new VirtualClock();
        var mask = new SecretMask([], [], clock);
        var session = SessionOf(1, clock.GetUtcNow());
        mask.Add(session);
        Assert.Equal("a *** b", mask.Apply($"a {session.SessionToken[4..14]} b"));

        clock.Advance(TimeSpan.FromHours(1));
        mask.Add(SessionOf(2, clock.GetUtcNow()));

        Assert.Equal($"a {session.SessionToken[4..14]} b", mask.Apply($"a {session.SessionToken[4..14]} b"));
    }

    private static TemporaryCredentials SessionOf(int number, DateTimeOffset now) => new(
        $"ASIA{number:0000}", Random($"secret {number}"), Random($"token {number}") + Random($"more {number}"), null, now, now.AddHours(1));

    private static string Random(string seed) => Convert.ToBase64String(SHA512.HashData(Encoding.UTF8.GetBytes(seed)));
}
