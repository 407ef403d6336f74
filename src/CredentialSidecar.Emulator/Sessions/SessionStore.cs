using System.Collections.Concurrent;
using CredentialSidecar.Emulator.Worlds;

namespace CredentialSidecar.Emulator.Sessions;

/// <summary>All issued sessions, so that their signatures can be checked later.</summary>
internal sealed class SessionStore(TimeProvider clock)
{
    // An expired session stays for a while, so that its user gets "expired" and not "invalid".
    private static readonly TimeSpan RememberedAfterExpiry = TimeSpan.FromDays(1);
    private const int SweepEvery = 1024;

    private readonly ConcurrentDictionary<string, Caller> _sessions = new();
    private int _issued;

    public Caller? Find(string accessKeyId) => _sessions.GetValueOrDefault(accessKeyId);

    /// <summary>A new session, not valid before it is remembered.</summary>
    /// <param name="lifetime">May be negative: a fault issues sessions that have already expired.</param>
    public Caller Create(Arn role, string sessionName, TimeSpan lifetime)
    {
        var now = clock.GetUtcNow();
        return new Caller(
            role.AssumedRole(sessionName),
            role,
            $"{KeyMaterial.UniqueId("AROA", role.Text)}:{sessionName}",
            KeyMaterial.AccessKeyId(),
            KeyMaterial.SecretAccessKey())
        {
            SessionToken = KeyMaterial.SessionToken(),

            // AWS gives whole seconds.
            Expiration = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond)) + lifetime,
        };
    }

    /// <summary>Accepts the session's signatures from now on.</summary>
    public Caller Remember(Caller session)
    {
        _sessions[session.AccessKeyId] = session;
        if (Interlocked.Increment(ref _issued) % SweepEvery == 0)
        {
            Sweep(clock.GetUtcNow() - RememberedAfterExpiry);
        }

        return session;
    }

    private void Sweep(DateTimeOffset before)
    {
        foreach (var (accessKeyId, session) in _sessions)
        {
            if (session.Expiration < before)
            {
                _sessions.TryRemove(accessKeyId, out _);
            }
        }
    }
}
