using CredentialSidecar.Chains;

namespace CredentialSidecar.Caching;

/// <summary>One hop in the tree, or the source itself, with its latest session and the single attempt that may be replacing it.</summary>
/// <param name="hop">Null for the source, whose own session is then served.</param>
/// <param name="parent">Whose session signs this hop; null where the source does.</param>
internal sealed class SessionNode(
    Hop? hop, NodeLabel label, SessionNode? parent, ISigner source, IRoleAssumer assumer, SessionDocument document,
    RefreshSchedule schedule, TimeProvider clock) : ISigner
{
    // A signing session must outlast the call, its retries, and some clock skew.
    private static readonly TimeSpan LeastToSign = TimeSpan.FromMinutes(5);

    private readonly ISigner _signer = (ISigner?)parent ?? source;
    private readonly Lock _gate = new();
    private Session? _latest;
    private TemporaryCredentials? _distrusted;
    private NodeFailure? _lastFailure;
    private Task<Session>? _attempt;
    private TaskCompletionSource _outcome = NewOutcome();

    public Hop? Hop => hop;

    /// <summary>Its sessions are the source's own.</summary>
    public bool IsSource => hop is null;

    /// <summary>The role of its sessions; null where the source does not say.</summary>
    public RoleArn? Role => hop is null ? Latest?.Role : hop.Role;

    public string? SessionName => hop?.SessionName;

    /// <summary>The region whose STS is called; null for the source, which needs none.</summary>
    public string? Region => hop?.Region;

    public SessionNode? Parent => parent;

    /// <summary>The latest session, live or not; null before the first.</summary>
    public Session? Latest => Volatile.Read(ref _latest);

    /// <summary>The last failure, if nothing has succeeded since.</summary>
    public NodeFailure? LastFailure => Volatile.Read(ref _lastFailure);

    public bool IsAttempting => Volatile.Read(ref _attempt) is not null;

    /// <summary>Completes when the next attempt ends, with or without success.</summary>
    public Task Outcome => Volatile.Read(ref _outcome).Task;

    /// <summary>The current session and failure. Callers pass it to RenewAsync, so that two callers do not both renew.</summary>
    public NodeState State
    {
        get
        {
            lock (_gate)
            {
                return new NodeState(_latest, _lastFailure);
            }
        }
    }

    /// <summary>Joins the attempt under way, or starts one. The attempt continues if the caller stops waiting.</summary>
    /// <param name="seen">The state the caller decided by. If an attempt has ended since then, the caller gets its result.</param>
    /// <exception cref="CredentialException">The attempt failed; <see cref="LastFailure"/> says when the next one is due.</exception>
    public Task<Session> RenewAsync(NodeState seen, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_attempt is null && seen != new NodeState(_latest, _lastFailure))
            {
                return _lastFailure is { } failure ? Task.FromException<Session>(failure.Cause)
                    : _latest is { } session ? Task.FromResult(session)
                    : Task.FromException<Session>(Removed());
            }

            return (_attempt ??= AttemptAsync()).WaitAsync(cancellationToken);
        }
    }

    private async Task<Session> AttemptAsync()
    {
        // Return to RenewAsync first: an attempt that completes synchronously would clear _attempt before it is set there.
        await Task.Yield();

        var started = clock.GetUtcNow();

        try
        {
            var session = await FetchAsync(started);
            Keep(session)?.Erase();
            return session;
        }
        catch (CredentialException e)
        {
            Refuse(e);
            throw;
        }
        catch (Exception e) when (e is not CredentialException)
        {
            var what = hop is null ? "read the source" : $"assume {hop.Role} ({label})";
            const string Why = "the sidecar had an internal error, see its log";
            var fault = new CredentialException(CredentialFailure.Internal, $"Cannot {what}: {Why}.", e);
            Refuse(fault);
            throw fault;
        }
        finally
        {
            lock (_gate)
            {
                _attempt = null;
            }

            Interlocked.Exchange(ref _outcome, NewOutcome()).SetResult();
        }
    }

    private async Task<Session> FetchAsync(DateTimeOffset started)
    {
        var signer = await _signer.ReadAsync(CancellationToken.None);

        if (hop is null)
        {
            return SourceSession.Of(signer, Latest, document, schedule, clock.GetUtcNow());
        }

        try
        {
            var fetched = await assumer.AssumeAsync(hop, label, signer, CancellationToken.None);
            return new Session(fetched, hop.SessionName, document(fetched, hop.Role), schedule.RenewAt(fetched));
        }

        // STS denies a revoked session instead of reporting it as expired, so a denial also needs a newer signer.
        catch (CredentialException e) when (e.Failure is CredentialFailure.SignerRejected or CredentialFailure.Denied)
        {
            _signer.Distrust(signer, started);
            throw;
        }
    }

    /// <summary>A session to sign the next hop with: the current one, or a new one if little time is left.</summary>
    async Task<TemporaryCredentials> ISigner.ReadAsync(CancellationToken cancellationToken)
    {
        var (seen, now) = (State, clock.GetUtcNow());
        var latest = seen.Latest is { } held && !ReferenceEquals(held.Credentials, Volatile.Read(ref _distrusted)) && held.IsLive(now)
            ? held
            : null;

        if (latest?.Remaining(now) >= LeastToSign)
        {
            return latest.Credentials;
        }

        // Many children may need a session; the remembered failure answers them until the next try is due.
        if (seen.LastFailure is { } failure && now < failure.Until)
        {
            return latest?.Credentials ?? throw failure.Cause;
        }

        try
        {
            return (await RenewAsync(seen, cancellationToken)).Credentials;
        }
        catch (CredentialException) when (latest is not null)
        {
            return latest.Credentials;
        }
    }

    /// <summary>Keeps a session that was created during the failed attempt: it is new, and other children need it.</summary>
    void ISigner.Distrust(TemporaryCredentials used, DateTimeOffset since)
    {
        if (used.IssuedAt < since)
        {
            Volatile.Write(ref _distrusted, used);
        }
    }

    /// <summary>Erases the session of a node that no tree contains.</summary>
    public void Erase() => Interlocked.Exchange(ref _latest, null)?.Erase();

    private CredentialException Removed() => new(
        CredentialFailure.InvalidHop,
        $"{(hop is null ? "The source" : $"{hop.Role} ({label})")} is not used any more, because a reload changed the configuration.");

    private Session? Keep(Session session)
    {
        lock (_gate)
        {
            Volatile.Write(ref _lastFailure, null);
            return Interlocked.Exchange(ref _latest, session);
        }
    }

    private void Refuse(CredentialException cause)
    {
        var now = clock.GetUtcNow();
        var failures = (LastFailure?.Failures ?? 0) + 1;

        // A failure of the parent is retried when the parent retries.
        var until = parent?.LastFailure is { } above && ReferenceEquals(above.Cause, cause)
            ? above.Until
            : now + (cause.RetryIn ?? schedule.UntilRetry(cause.Failure, failures));
        Volatile.Write(ref _lastFailure, new NodeFailure(cause, now, until, failures));
    }

    private static TaskCompletionSource NewOutcome() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
