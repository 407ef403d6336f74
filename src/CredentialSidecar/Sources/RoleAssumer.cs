using Amazon.Runtime;
using Amazon.SecurityToken.Model;
using CredentialSidecar.Chains;
using CredentialSidecar.Telemetry;
using Polly.Timeout;

namespace CredentialSidecar.Sources;

/// <summary>Calls <c>sts:AssumeRole</c> with a time limit and quick retries, and checks the answer.</summary>
internal sealed partial class RoleAssumer(
    StsClients clients, SecretMask mask, SidecarMetrics metrics, TimeProvider clock, ILogger<RoleAssumer> logger) : IRoleAssumer
{
    private readonly SessionDurations _durations = new();
    private readonly CallTimes _times = new(clients.Timeout);

    public async Task<TemporaryCredentials> AssumeAsync(Hop hop, NodeLabel label, TemporaryCredentials signer,
        CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        using var span = Span.Assuming(hop, label);
        var sending = new Sending();
        var limit = _times.For(hop.Region);
        var resilience =
            new Resilience(clock, limit, e => StsFailures.From(e, new StsAttempt(hop, label, signer, sending, clients.Skew, mask)));
        mask.Add(signer);

        try
        {
            var session =
                await resilience.RunAsync(token => CallAsync(hop, label, signer, sending = new Sending(), span, token), cancellationToken);
            mask.Add(session);
            metrics.StsAnswered(label, clock.GetElapsedTime(started));
            span.Succeeded();
            return session;
        }
        catch (CredentialException e)
        {
            if (e.InnerException is TimeoutRejectedException)
            {
                _times.Exceeded(hop.Region, limit);
            }

            metrics.StsFailed(label, e.Failure, clock.GetElapsedTime(started));
            span.Failed(e);
            throw;
        }
        finally
        {
            if (ClockText.IsWrong(clients.Skew))
            {
                Log.ClockSkewed(logger, Math.Round(clients.Skew.TotalSeconds), ClockText.Way(clients.Skew));
            }
        }
    }

    private async Task<TemporaryCredentials> CallAsync(Hop hop, NodeLabel label, TemporaryCredentials signer, Sending sending, Span span,
        CancellationToken cancellationToken)
    {
        var asked = _durations.For(hop, signer);

        if (asked < hop.Duration)
        {
            Shorten("a session signs the call, which makes it role chaining, and STS limits role chaining to one hour");
        }

        try
        {
            return await CallOnceAsync(hop with { Duration = asked }, label, signer, sending, span, cancellationToken);
        }
        catch (AmazonServiceException e) when (asked > SessionDurations.Chained && SessionDurations.Refusal(e) is { } reason)
        {
            Shorten(reason);
            return await CallOnceAsync(hop with { Duration = SessionDurations.Chained }, label, signer, sending, span, cancellationToken);
        }

        void Shorten(string reason)
        {
            if (_durations.Cap(hop))
            {
                Log.DurationShortened(logger, hop.Role.Text, label, (int)hop.Duration.TotalSeconds, reason);
            }
        }
    }

    private async Task<TemporaryCredentials> CallOnceAsync(Hop hop, NodeLabel label, TemporaryCredentials signer, Sending sending,
        Span span, CancellationToken cancellationToken)
    {
        var issuedAt = clock.GetUtcNow();
        using var client = clients.Create(hop.Region, signer, sending);
        var started = clock.GetTimestamp();
        var answer = await client.AssumeRoleAsync(RequestFor(hop), cancellationToken);
        _times.Answered(hop.Region, clock.GetElapsedTime(started));
        var requestId = OutsideName.RequestId(answer.ResponseMetadata?.RequestId, mask);
        span.Answered(requestId);

        if (AssumedSession.ProblemOf(answer.Credentials, answer.AssumedRoleUser, hop.Role, issuedAt, mask) is { } problem)
        {
            throw new CredentialException(
                CredentialFailure.StsUnavailable, $"Cannot assume {hop.Role} ({label}): STS answered {problem.What}.")
            {
                RequestId = requestId, Said = problem.Said, Advice = Unreachable.NoSts(sending),
            };
        }

#pragma warning disable CS0618 // The SDK recommends SessionTokenUtilization instead, which STS does not set everywhere.
        if ((answer.PackedPolicySize ?? answer.SessionTokenUtilization) is > 80 and var used)
#pragma warning restore CS0618
        {
            Log.PolicyNearlyFull(logger, hop.Role.Text, used);
        }

        var keys = answer.Credentials;
        return new TemporaryCredentials(keys.AccessKeyId, keys.SecretAccessKey, keys.SessionToken, hop.Role.Text, issuedAt,
            Capped(AssumedSession.ExpirationOf(keys), hop))
        {
            RequestId = requestId,
        };
    }

    // Ignore an Expiration later than requested (year 9999), because the renewal time depends on it.
    private DateTimeOffset Capped(DateTimeOffset expiration, Hop hop)
    {
        var latest = clock.GetUtcNow() + hop.Duration + AssumedSession.Tolerance;

        if (expiration <= latest)
        {
            return expiration;
        }

        // If this clock is behind, STS's time looks later; event 201 reports that.
        if (ClockText.IsWrong(clients.Skew) && expiration - clients.Skew <= latest)
        {
            return expiration - clients.Skew;
        }

        Log.ExpirationCapped(logger, hop.Role.Text, expiration, latest);
        return latest;
    }

    private static AssumeRoleRequest RequestFor(Hop hop) => new()
    {
        RoleArn = hop.Role.Text,
        RoleSessionName = hop.SessionName,
        DurationSeconds = (int)hop.Duration.TotalSeconds,
        ExternalId = hop.ExternalId,
        SourceIdentity = hop.SourceIdentity,
        Policy = hop.Policy,
        PolicyArns = hop.PolicyArns.Count == 0 ? null : [.. hop.PolicyArns.Select(arn => new PolicyDescriptorType { Arn = arn })],
        Tags = hop.Tags.Count == 0 ? null : [.. hop.Tags.Select(tag => new Tag { Key = tag.Key, Value = tag.Value })],
        TransitiveTagKeys = hop.TransitiveTagKeys.Count == 0 ? null : [.. hop.TransitiveTagKeys],
    };
}
