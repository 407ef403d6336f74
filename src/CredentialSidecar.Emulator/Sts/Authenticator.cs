using CredentialSidecar.Emulator.Sessions;

namespace CredentialSidecar.Emulator.Sts;

/// <summary>Finds out who signed a request, and refuses it where the signature does not prove it.</summary>
internal sealed class Authenticator(EmulatorState state)
{
    private const string Explanation =
        "The request signature we calculated does not match the signature you provided. " +
        "Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";

    public Caller Authenticate(StsRequest request, AuthorizationHeader authorization)
    {
        var caller = state.FindCaller(authorization.AccessKeyId) ?? throw InvalidToken();

        // A user's keys take no token; a session's take exactly theirs.
        if (!Signature.AreEqual(request.Headers["X-Amz-Security-Token"].ToString(), caller.SessionToken ?? ""))
        {
            throw InvalidToken();
        }

        var now = state.Clock.GetUtcNow();
        if (now >= caller.Expiration)
        {
            throw new StsException(403, "ExpiredToken", "The security token included in the request is expired");
        }

        CheckScope(authorization);
        CheckSignedHeaders(request, authorization);
        var timestamp = SigningTime.Check(request.Headers, authorization, now);
        var canonical = CanonicalRequest.Write(request, authorization.SignedHeaders);
        var expected = Signature.Compute(caller.SecretAccessKey, authorization, timestamp, canonical);
        return Signature.AreEqual(expected, authorization.Signature) ? caller : throw Mismatch(Explanation);
    }

    private static void CheckScope(AuthorizationHeader authorization)
    {
        if (authorization.Service != "sts")
        {
            throw Mismatch("Credential should be scoped to correct service: 'sts'. ");
        }

        if (authorization.Terminator != "aws4_request")
        {
            throw Mismatch($"Credential should be scoped with a valid terminator: 'aws4_request', not '{authorization.Terminator}'.");
        }

        if (!authorization.Region.Contains('-', StringComparison.Ordinal))
        {
            throw Mismatch($"Credential should be scoped to a valid region, not '{authorization.Region}'. ");
        }
    }

    private static void CheckSignedHeaders(StsRequest request, AuthorizationHeader authorization)
    {
        if (!authorization.SignedHeaders.Contains("host"))
        {
            throw Mismatch("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
        }

        var unsigned = request.Headers.Keys
            .Select(name => name.ToLowerInvariant())
            .Where(name => name.StartsWith("x-amz-", StringComparison.Ordinal) && !authorization.SignedHeaders.Contains(name))
            .ToList();
        if (unsigned.Count > 0)
        {
            throw Mismatch($"There were headers present in the request which were not signed: {string.Join(", ", unsigned)}");
        }
    }

    private static StsException InvalidToken() =>
        new(403, "InvalidClientTokenId", "The security token included in the request is invalid.");

    private static StsException Mismatch(string message) => new(403, "SignatureDoesNotMatch", message);
}
