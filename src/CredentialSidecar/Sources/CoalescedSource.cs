using CredentialSidecar.Chains;

namespace CredentialSidecar.Sources;

/// <summary>Reads the source again for each renewal, but at most once a minute, because the agent allows few requests.</summary>
internal sealed class CoalescedSource(Func<CancellationToken, Task<TemporaryCredentials>> read, TimeProvider clock) : ISigner
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private TemporaryCredentials? _latest;
    private Task<TemporaryCredentials>? _read;

    public Task<TemporaryCredentials> ReadAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var now = clock.GetUtcNow();

            if (_latest is { } latest && now - latest.IssuedAt < Fresh && latest.Expiration > now)
            {
                return Task.FromResult(latest);
            }

            // A cancelled caller must not end the read that others wait for.
            return (_read ??= ReadOnceAsync()).WaitAsync(cancellationToken);
        }
    }

    public void Distrust(TemporaryCredentials used, DateTimeOffset since)
    {
        lock (_gate)
        {
            _latest = ReferenceEquals(_latest, used) ? null : _latest;
        }
    }

    private async Task<TemporaryCredentials> ReadOnceAsync()
    {
        // Leave the lock first: a read that completes synchronously would clear _read before it is set.
        await Task.Yield();

        try
        {
            var latest = await read(CancellationToken.None);

            lock (_gate)
            {
                _latest = latest;
            }

            return latest;
        }
        finally
        {
            lock (_gate)
            {
                _read = null;
            }
        }
    }
}
