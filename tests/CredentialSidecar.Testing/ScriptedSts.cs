using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Testing;

/// <summary>A source and an STS that do what a test tells them, and remember what they were asked.</summary>
internal sealed class ScriptedSts(TimeProvider clock) : ISigner, IRoleAssumer
{
    private readonly ConcurrentQueue<Call> _calls = new();
    private readonly ConcurrentDictionary<string, string> _issued = new();
    private int _sessions;

    /// <summary>One AssumeRole as it was asked.</summary>
    public sealed record Call(DateTimeOffset At, Hop Hop, NodeLabel Label, TemporaryCredentials Signer);

    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>The role whose session that token belongs to.</summary>
    public string? Issued(string token) => _issued.GetValueOrDefault(token);

    public IReadOnlyList<Call> Calls => [.. _calls];

    public int SourceReads { get; private set; }

    public List<TemporaryCredentials> Distrusted { get; } = [];

    /// <summary>What a call fails with; null lets it through.</summary>
    public Func<Call, CredentialException?> FailWhen { get; set; } = _ => null;

    /// <summary>Changes what the source gives, which is a session that ends six hours after each read.</summary>
    public Func<TemporaryCredentials, TemporaryCredentials> Source { get; set; } = read => read;

    public Func<CredentialException?> SourceFailsWhen { get; set; } = () => null;

    /// <summary>Lets a test hold calls back.</summary>
    public Func<Call, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>How long a session lasts; by default what was asked for.</summary>
    public Func<Call, TimeSpan> Lifetime { get; set; } = call => call.Hop.Duration;

    public Task<TemporaryCredentials> ReadAsync(CancellationToken cancellationToken)
    {
        SourceReads++;
        var now = clock.GetUtcNow();
        return SourceFailsWhen() is { } failure
            ? Task.FromException<TemporaryCredentials>(failure)
            : Task.FromResult(Source(new TemporaryCredentials(
                "ASIASOURCE",
                Canary("secret", 0),
                Canary("token", 0),
                "arn:aws:iam::111122223333:role/task",
                now,
                now + TimeSpan.FromHours(6))));
    }

    public void Distrust(TemporaryCredentials used, DateTimeOffset since) => Distrusted.Add(used);

    public async Task<TemporaryCredentials> AssumeAsync(
        Hop hop, NodeLabel label, TemporaryCredentials signer, CancellationToken cancellationToken)
    {
        var call = new Call(clock.GetUtcNow(), hop, label, signer);
        _calls.Enqueue(call);
        await Before(call);

        if (FailWhen(call) is { } failure)
        {
            throw failure;
        }

        var number = Interlocked.Increment(ref _sessions);
        _issued[Canary("token", number)] = hop.Role.Text;
        return new TemporaryCredentials(
            $"ASIA{number:0000}",
            Canary("secret", number),
            Canary("token", number) + Padding,
            hop.Role.Text,
            call.At,
            call.At + Lifetime(call))
        {
            RequestId = $"request-{number}",
        };
    }

    /// <summary>Every secret that was given out.</summary>
    public IEnumerable<string> Secrets =>
        Enumerable.Range(0, _sessions + 1)
        .SelectMany(number => (string[])[Canary("secret", number), Canary("token", number)]);

    /// <summary>No two have eight characters in common, and neither has any sentence.</summary>
    private static string Canary(string kind, int number) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes($"{kind} {number}")));

    /// <summary>Padding of each session token.</summary>
    public string Padding { get; set; } = "";

    public static CredentialException Down() => new(CredentialFailure.StsUnavailable, "STS is down.");

    public static CredentialException Denied() => new(CredentialFailure.Denied, "STS does not allow it.");
}
