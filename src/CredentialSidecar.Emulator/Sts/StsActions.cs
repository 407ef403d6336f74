using CredentialSidecar.Emulator.Calls;
using CredentialSidecar.Emulator.Faults;
using CredentialSidecar.Emulator.Sessions;

namespace CredentialSidecar.Emulator.Sts;

/// <summary>Answers a request and logs both.</summary>
internal sealed class StsActions(EmulatorState state)
{
    private const string Version = "2011-06-15";

    private readonly Authenticator _authenticator = new(state);
    private readonly AssumeRole _assumeRole = new(state);
    private readonly AssumeRoleWithWebIdentity _withWebIdentity = new(state);

    public (Answer Answer, StsCall Call) Answer(StsRequest request, StsCall call, string requestId, Fault? fault)
    {
        try
        {
            ThrowIfFailing(fault);

            if (request["Action"] == "AssumeRoleWithWebIdentity" && request["Version"] == Version)
            {
                return (_withWebIdentity.Run(request, requestId, fault), call with { Outcome = "Success" });
            }

            var authorization = AuthorizationHeader.Parse(request.Headers.Authorization.ToString());
            call = call with { Region = authorization.Region };

            var caller = _authenticator.Authenticate(request, authorization);
            call = call with { CallerArn = caller.Arn, Tags = call.Action == "AssumeRole" ? TagParameters.Read(request) : null };

            ThrowIfDisabled(authorization.Region, caller);
            return (Run(caller, request, requestId, fault), call with { Outcome = "Success" });
        }
        catch (StsException e)
        {
            return (StsXml.Error(e.Status, e.Code, e.Message, requestId), call with { Outcome = e.Code });
        }
    }

    private Answer Run(Caller caller, StsRequest request, string requestId, Fault? fault) => (request["Action"], request["Version"]) switch
    {
        ("AssumeRole", Version) => _assumeRole.Run(caller, request, requestId, fault),
        ("GetCallerIdentity", Version) => StsXml.GetCallerIdentity(caller, requestId),
        (null, _) => throw new StsException(400, "MissingAction", "The request is missing an action or a required parameter."),
        var (action, version) => throw new StsException(
            400, "InvalidAction", $"Could not find operation {action} for version {version ?? "NO_VERSION_SPECIFIED"}"),
    };

    private static void ThrowIfFailing(Fault? fault)
    {
        if (fault?.Kind == FaultKind.Throttle)
        {
            throw new StsException(400, "Throttling", "Rate exceeded");
        }

        if (fault?.Kind == FaultKind.Status)
        {
            throw fault.Status == 503
                ? new StsException(503, "ServiceUnavailable", "Service is unavailable. Please try again later.")
                : new StsException(
                    fault.Status ?? 500,
                    "InternalFailure",
                    "The request processing has failed because of an unknown error, exception or failure.");
        }
    }

    private void ThrowIfDisabled(string region, Caller caller)
    {
        if (state.World.DisabledRegions?.Contains(region) == true)
        {
            throw new StsException(403, "RegionDisabledException",
                $"STS is not activated in this region for account:{caller.IamArn.Account}. " +
                "Your account administrator can activate STS in this region using the IAM Console.");
        }
    }
}
