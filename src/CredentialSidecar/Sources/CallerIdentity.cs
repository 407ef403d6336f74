using Amazon.Runtime;
using Amazon.SecurityToken.Model;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Sources;

/// <summary>Asks STS who the caller is, with <c>sts:GetCallerIdentity</c>, which needs no permission.</summary>
internal static class CallerIdentity
{
    /// <returns>The account and the ARN as STS names them, made safe to show.</returns>
    /// <exception cref="CredentialException">STS cannot be reached or rejects the session.</exception>
    public static async Task<(string? Account, string? Arn)> AskAsync(
        StsClients clients, string region, TemporaryCredentials session, SecretMask mask, CancellationToken cancellationToken)
    {
        var sending = new Sending();

        try
        {
            using var client = clients.Create(region, session, sending);
            using var late = new CancellationTokenSource(clients.Timeout, TimeProvider.System);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
            var answer = await client.GetCallerIdentityAsync(new GetCallerIdentityRequest(), either.Token);

            if (Line(answer.Arn, mask) is { } arn)
            {
                return (Line(answer.Account, mask), arn);
            }
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed(e, What(region), sending, clients.Timeout, mask);
        }

        throw new CredentialException(CredentialFailure.StsUnavailable, $"{What(region)}: another server answered in its place.")
        {
            Advice = Unreachable.NoSts(sending),
        };
    }

    private static string What(string region) => $"STS in {region} did not say who the caller is";

    private static CredentialException Failed(Exception e, string what, Sending sending, TimeSpan limit, SecretMask mask)
    {
        if (e is AmazonServiceException { ErrorCode.Length: > 0 } service)
        {
            return new CredentialException(StsFailures.Classify(service.ErrorCode, (int)service.StatusCode),
                $"{what}: {OutsideName.Code(service.ErrorCode) ?? OutsideName.UnknownCode}.", e)
            {
                Said = OutsideText.Shown(service.Message, mask) is { } said ? $"STS said: {said}" : null,
            };
        }

        var unreachable = Unreachable.From(e, sending);
        var why = e is OperationCanceledException ? $"no answer within {limit.TotalSeconds:0.#} s" : unreachable.Why;
        return new CredentialException(CredentialFailure.StsUnavailable, $"{what}: {why.TrimEnd('.')}.", e) { Advice = unreachable.Advice };
    }

    private static string? Line(string? text, SecretMask mask) => OutsideText.Shown(text, mask)?.TrimEnd('.');
}
