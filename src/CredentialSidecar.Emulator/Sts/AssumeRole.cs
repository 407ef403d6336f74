using CredentialSidecar.Emulator.Faults;
using CredentialSidecar.Emulator.Sessions;
using CredentialSidecar.Emulator.Worlds;

namespace CredentialSidecar.Emulator.Sts;

/// <summary>The action AssumeRole.</summary>
internal sealed class AssumeRole(EmulatorState state)
{
    private const int LongestChainedSeconds = 3600;

    public Answer Run(Caller caller, StsRequest parameters, string requestId, Fault? fault)
    {
        var request = AssumeRoleRequest.Read(parameters);
        if (!Arn.TryParse(request.RoleArn, out var arn) || arn.Kind != "role")
        {
            throw StsException.Validation("Request ARN is invalid");
        }

        if (fault?.Kind == FaultKind.Deny)
        {
            throw fault.Message is { } message
                ? new StsException(403, "AccessDenied", message)
                : StsException.AccessDenied(caller.Arn, "sts:AssumeRole", request.RoleArn, null);
        }

        var tags = TagParameters.Inherit(caller.Tags, request.Tags);
        var sourceIdentity = InheritSourceIdentity(caller, request);
        Authorize(caller, request, tags.Count > 0, sourceIdentity is not null);
        CheckDuration(caller, request);

        var policy = ReadPolicy(request.Policy);
        var packed = PackedSize.Of(policy, tags);
        var lifetime = fault?.Kind == FaultKind.ExpiredSession ? TimeSpan.FromMinutes(-1) : TimeSpan.FromSeconds(request.DurationSeconds);
        var session = state.Sessions.Remember(state.Sessions.Create(arn, request.SessionName, lifetime) with
        {
            Tags = tags,
            SourceIdentity = sourceIdentity,
            Policy = policy,
        });

        var told = fault?.Kind == FaultKind.FarFuture ? DateTimeOffset.MaxValue : session.Expiration;
        return StsXml.AssumeRole(session, told, packed, requestId);
    }

    private static string? InheritSourceIdentity(Caller caller, AssumeRoleRequest request) =>
        caller.SourceIdentity is null || request.SourceIdentity is null || caller.SourceIdentity == request.SourceIdentity
            ? caller.SourceIdentity ?? request.SourceIdentity
            : throw new StsException(400, "InvalidParameterValue", "The source identity is already set for this assume role session");

    private void Authorize(Caller caller, AssumeRoleRequest request, bool hasTags, bool hasSourceIdentity)
    {
        var world = state.World;
        Demand("sts:AssumeRole", true);
        Demand("sts:TagSession", hasTags);
        Demand("sts:SetSourceIdentity", hasSourceIdentity);

        void Demand(string action, bool needed)
        {
            if (needed)
            {
                Authorizer.Demand(world, caller, request.RoleArn, action, request.ExternalId);
            }
        }
    }

    private void CheckDuration(Caller caller, AssumeRoleRequest request)
    {
        if (caller.IsRoleSession && request.DurationSeconds > LongestChainedSeconds)
        {
            throw StsException.Validation(
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining");
        }

        if (request.DurationSeconds > state.World.FindRole(request.RoleArn)?.MaxSessionDurationSeconds)
        {
            throw StsException.Validation("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
        }
    }

    private static SessionPolicy? ReadPolicy(string? json)
    {
        try
        {
            return json is null ? null : new SessionPolicy(json);
        }
        catch (FormatException e)
        {
            throw new StsException(400, "MalformedPolicyDocument", e.Message);
        }
    }
}
