using System.Text.RegularExpressions;
using CredentialSidecar.Sources;

namespace CredentialSidecar.Explaining;

/// <summary>Explains errors of the program's own calls: either its role lacks a permission, or it does not use the sidecar.</summary>
internal sealed partial class ProgramCalls(ConfiguredHops hops)
{
    public Explanation Denied(Evidence evidence)
    {
        var denied = Denials().Match(evidence.Message);
        var (action, resource) = (denied.Groups["action"].Value, hops.Hide(denied.Groups["resource"].Value));
        var denial = Denial.Read(evidence.Message);
        var (isOurs, whose) = Whose(evidence.Caller);
        return new Explanation($"The program called {action}, and {evidence.Caller ?? "the caller"} may not.")
        {
            Caller = evidence.Caller,
            Policy = Words.OfResource(denial.Kind),
            Side = isOurs ? Words.SideOfResource(denial.Kind) : "the program's container",
            ToDo = whose + (isOurs ? Remedy(denial, action, resource, evidence.Caller) : ""),
        };
    }

    public static Explanation Failed(Evidence evidence)
    {
        var code = evidence.Code is { } text ? $" ({text})" : "";
        return new Explanation($"{evidence.Operation ?? "An AWS service"} failed{code}. The error is not about a hop of the sidecar.")
        {
            Caller = evidence.Caller,
            Side = "the program, or the policies of its role",
            ToDo = evidence.Code switch
            {
                _ when evidence.Operation == "AssumeRoleWithWebIdentity" =>
                    "The program used AWS_WEB_IDENTITY_TOKEN_FILE, which SDKs prefer to the sidecar. Start it by credential-launch, which "
                    + "removes the variable. If the sidecar's source is this token, look at the OIDC provider and the trust policy of its "
                    + "role.",
                "ExpiredToken" or "ExpiredTokenException" or "RequestExpired" =>
                    "The program used a session that had ended. Let the SDK read credentials from its default chain, and keep the client "
                    + "instead of its keys: the sidecar always serves a live session.",
                null or "AccessDenied" or "AccessDeniedException" or "UnauthorizedOperation" or "AuthorizationError"
                    or "Client.UnauthorizedOperation" =>
                    "Run aws sts get-caller-identity in the program's container, through credential-launch. If it shows the role of the "
                    + "destination, that role or the policy of the resource lacks the permission. If it shows another role, the program "
                    + "does not use the sidecar.",
                "InvalidAccessKeyId" or "InvalidClientTokenId" or "UnrecognizedClientException" or "SignatureDoesNotMatch"
                    or "InvalidSignatureException" or "RequestTimeTooSkewed" =>
                    "Check the clock, the region and the partition of the service, and whether the program has keys of its own.",
                _ => "Credentials are probably not the cause. See the documentation of the service for this code.",
            },
        };
    }

    private (bool IsOurs, string Text) Whose(string? caller)
    {
        if (caller is null)
        {
            return (true, "The text does not name the caller's role. ");
        }

        if (!hops.IsKnown)
        {
            return (true, $"If {caller} is not the role that the program should have, the program does not use the sidecar: start it by "
                + "credential-launch. If it is: ");
        }

        if (hops.DestinationOf(caller) is { } destination)
        {
            return (true, $"The sidecar works: this is the session of destination {destination}. ");
        }

        var others = hops.WithoutHops is { } bare
            ? $" It may also be the session of destination {bare}, which serves the source's own credentials."
            : "";
        return (false, $"{caller} is not the last role of a destination, so the program does not use the sidecar. Start it by "
            + $"credential-launch. credential-launch --print shows which variables SDKs prefer to the sidecar.{others}");
    }

    private static string Remedy(Denial denial, string action, string resource, string? caller)
    {
        var role = caller ?? "the caller's role";
        var named = resource.Length > 0 ? resource : "<the ARN of the resource>";
        var statement = $$"""{"Effect":"Allow","Action":["{{action}}"],"Resource":"{{named}}"}""";
        return denial.IsExplicit
            ? $"A Deny in {Words.WithArticle(denial.Kind)} covers {action}. An Allow in another policy does not help: narrow the Deny."
            : denial.Kind switch
            {
                PolicyKind.Identity => $"Add this statement to an identity-based policy of {role}: {statement}",
                PolicyKind.Trust => $"Add {action} for {role} to the policy of the resource itself, such as a bucket policy or key policy.",
                PolicyKind.Boundary => $"Add this statement to the permissions boundary of {role}: {statement}",
                PolicyKind.Session => "Policy or PolicyArns of the destination's last hop, in the sidecar's configuration, allow "
                    + "too little. "
                    + $"Add this statement there: {statement}",
                PolicyKind.NotTold => $"Add this statement to an identity-based policy of {role}: {statement} "
                    + "If it exists, look at the policy of the resource, and at boundaries and organization policies.",
                _ => $"Only {Words.WithArticle(denial.Kind)} can allow {action}. Ask who manages it.",
            };
    }

    [GeneratedRegex(@"not authorized to perform: (?<action>[A-Za-z0-9-]{2,40}:[A-Za-z0-9]{2,80})"
        + @"(?: on resource: [\\""']{0,4}(?<resource>arn:[^\s""'\\?*]{1,400}))?")]
    private static partial Regex Denials();
}
