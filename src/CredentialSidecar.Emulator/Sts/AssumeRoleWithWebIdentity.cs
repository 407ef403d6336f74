using CredentialSidecar.Emulator.Faults;
using CredentialSidecar.Emulator.Worlds;

namespace CredentialSidecar.Emulator.Sts;

/// <summary>The action AssumeRoleWithWebIdentity. The request is unsigned, because the token identifies the caller.</summary>
internal sealed class AssumeRoleWithWebIdentity(EmulatorState state)
{
    private const string Action = "sts:AssumeRoleWithWebIdentity";

    public Answer Run(StsRequest parameters, string requestId, Fault? fault)
    {
        var request = AssumeRoleRequest.Read(parameters);
        var constraints = new Constraints();
        constraints.Required("webIdentityToken", parameters["WebIdentityToken"]);
        constraints.Length("webIdentityToken", parameters["WebIdentityToken"], 4, 20_000);
        constraints.ThrowIfAny();

        if (!Arn.TryParse(request.RoleArn, out var arn) || arn.Kind != "role")
        {
            throw StsException.Validation("Request ARN is invalid");
        }

        var token = JsonWebToken.Parse(parameters["WebIdentityToken"]!);
        var provider = Check(token, arn);
        Authorize(arn, token, provider, fault);

        if (request.DurationSeconds > state.World.FindRole(request.RoleArn)!.MaxSessionDurationSeconds)
        {
            throw StsException.Validation("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
        }

        var lifetime = fault?.Kind == FaultKind.ExpiredSession ? TimeSpan.FromMinutes(-1) : TimeSpan.FromSeconds(request.DurationSeconds);
        var session = state.Sessions.Remember(state.Sessions.Create(arn, request.SessionName, lifetime));
        var told = fault?.Kind == FaultKind.FarFuture ? DateTimeOffset.MaxValue : session.Expiration;
        return StsXml.AssumeRoleWithWebIdentity(session, told, token, provider, requestId);
    }

    // STS looks for the provider in the role's account.
    private OidcProvider Check(JsonWebToken token, Arn role)
    {
        var issuer = token.Issuer.StartsWith("https://", StringComparison.Ordinal) ? token.Issuer[8..] : token.Issuer;
        var provider = state.World.OidcProviders?.FirstOrDefault(known => known.Account == role.Account && known.Issuer == issuer)
            ?? throw StsException.InvalidToken($"No OpenIDConnect provider found in your account for {token.Issuer}");

        if (!token.IsSignedBy(provider))
        {
            throw StsException.InvalidToken("The signature of the ID Token is not valid.");
        }

        var now = state.Clock.GetUtcNow().ToUnixTimeSeconds();

        return now >= token.Expiration
            ? throw new StsException(400, "ExpiredTokenException",
                $"Token expired: current date/time {now} must be before the expiration date/time {token.Expiration}")
            : token.Audiences.Any(provider.Audiences.Contains) ? provider
            : throw StsException.InvalidToken("Incorrect token audience");
    }

    private void Authorize(Arn role, JsonWebToken token, OidcProvider provider, Fault? fault)
    {
        var isTrusted = (state.World.FindRole(role.Text)?.Trust ?? []).Any(statement => statement.Trusts(provider.Arn, token));

        if (fault?.Kind == FaultKind.Deny || !isTrusted)
        {
            throw new StsException(403, "AccessDenied", fault?.Message ?? $"Not authorized to perform {Action}");
        }
    }
}
