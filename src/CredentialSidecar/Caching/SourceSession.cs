using CredentialSidecar.Chains;

namespace CredentialSidecar.Caching;

/// <summary>The source's own session, as a destination without hops serves it.</summary>
internal static class SourceSession
{
    /// <param name="read">What the source gave.</param>
    /// <param name="former">The session that the node has; null where it has none.</param>
    /// <exception cref="CredentialException">No SDK takes such credentials from the endpoint.</exception>
    public static Session Of(TemporaryCredentials read, Session? former, SessionDocument document, RefreshSchedule schedule,
        DateTimeOffset now)
    {
        if (read.Lacking is { } lacking)
        {
            throw new CredentialException(CredentialFailure.InvalidHop,
                $"The source gives credentials without {lacking}, so they cannot be served.")
            {
                Advice = "Give the destination a hop, or use a source with temporary credentials, such as the task role or a web identity.",
            };
        }

        if (read.Expiration <= now)
        {
            throw new CredentialException(CredentialFailure.SourceUnavailable,
                $"The source gives credentials that expired at {read.Expiration:O}.");
        }

        var role = RoleArn.TryParse(read.RoleArn, out var arn, out _) ? arn : null;
        return new Session(read, null, document(read, role), schedule.ReadAgainAt(read))
        {
            Role = role,
            IsUnchanged = former?.Credentials.SessionToken == read.SessionToken,
        };
    }
}
