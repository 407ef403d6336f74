using Amazon.SecurityToken.Model;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;
using Polly.Timeout;

namespace CredentialSidecar.Sources;

/// <summary>Exchanges the token in a file for a session, by <c>sts:AssumeRoleWithWebIdentity</c>. It uses no other credentials.</summary>
/// <remarks>
/// The SDK's default chain would try other providers if this one fails, the node's instance role among them.
/// </remarks>
internal sealed class WebIdentitySource(WebIdentitySettings settings, StsClients clients, SecretMask mask, TimeProvider clock)
{
    // Every role allows one hour, and the next hop is role chaining, which STS limits to one hour. Each renewal reads the source again.
    private static readonly TimeSpan Duration = TimeSpan.FromHours(1);

    private readonly CallTimes _times = new(clients.Timeout);

    public async Task<TemporaryCredentials> ReadAsync(CancellationToken cancellationToken)
    {
        var token = WebIdentityToken.Read(settings, mask, clock.GetUtcNow());
        var (sending, limit) = (new Sending(), _times.For(settings.Region));
        var resilience = new Resilience(clock, limit,
            e => WebIdentityFailures.From(e, new WebIdentityAttempt(settings, token, sending, clock.GetUtcNow(), clients.Skew, mask)));

        try
        {
            var session = await resilience.RunAsync(retry => CallAsync(token, sending = new Sending(), retry), cancellationToken);
            mask.Add(session);
            return session;
        }
        catch (CredentialException e) when (e.InnerException is TimeoutRejectedException)
        {
            _times.Exceeded(settings.Region, limit);
            throw;
        }
    }

    private async Task<TemporaryCredentials> CallAsync(WebIdentityToken token, Sending sending, CancellationToken cancellationToken)
    {
        var (issuedAt, started) = (clock.GetUtcNow(), clock.GetTimestamp());
        using var client = clients.CreateUnsigned(settings.Region, sending);
        var answer = await client.AssumeRoleWithWebIdentityAsync(
            new AssumeRoleWithWebIdentityRequest
            {
                RoleArn = settings.Role.Text,
                RoleSessionName = settings.SessionName,
                WebIdentityToken = token.Text,
                DurationSeconds = (int)Duration.TotalSeconds,
            },
            cancellationToken);
        _times.Answered(settings.Region, clock.GetElapsedTime(started));
        var requestId = OutsideName.RequestId(answer.ResponseMetadata?.RequestId, mask);

        if (AssumedSession.ProblemOf(answer.Credentials, answer.AssumedRoleUser, settings.Role, issuedAt, mask) is { } problem)
        {
            throw new CredentialException(
                CredentialFailure.SourceUnavailable, $"{WebIdentityFailures.What(settings)}: STS answered {problem.What}.")
            {
                RequestId = requestId, Said = problem.Said, Advice = Unreachable.NoSts(sending),
            };
        }

        // An Expiration later than requested would delay the renewal.
        var (keys, latest) = (answer.Credentials, clock.GetUtcNow() + Duration + AssumedSession.Tolerance);
        var expiration = AssumedSession.ExpirationOf(keys);
        return new TemporaryCredentials(keys.AccessKeyId, keys.SecretAccessKey, keys.SessionToken, settings.Role.Text, issuedAt,
            expiration < latest ? expiration : latest)
        {
            RequestId = requestId,
        };
    }
}
