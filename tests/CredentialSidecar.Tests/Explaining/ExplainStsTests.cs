using Xunit;

namespace CredentialSidecar.Tests.Explaining;

/// <summary>Errors of STS, as the SDKs show them. The wording of denials is that of the IAM user guide.</summary>
public sealed class ExplainStsTests
{
    private const string Task = "arn:aws:iam::111122223333:role/orders-task";
    private const string Reports = "arn:aws:iam::555566667777:role/reports";
    private const string Audit = "arn:aws:iam::999900001111:role/team/audit/reader";

    private const string Boto = "botocore.exceptions.ClientError: An error occurred (AccessDenied) when calling the AssumeRole operation: ";
    private const string Go = "operation error STS: AssumeRole, https response error StatusCode: 403, RequestID: 7f9d, api error "
        + "AccessDenied: ";
    private const string User = "User: arn:aws:sts::111122223333:assumed-role/orders-task/7a0873b4 is not authorized to perform: ";
    private const string Later = "User: arn:aws:sts::555566667777:assumed-role/reports/credential-sidecar-7a08 is not authorized "
        + "to perform: ";
    private const string Assume = "sts:AssumeRole on resource: " + Reports;
    private const string Java = " (Service: Sts, Status Code: 403, Request ID: 7f9d) (SDK Attempt Count: 1)";

    private const string First = "hop 1 of destination audit, hop 1 of destination reports, if the sidecar's source is " + Task;

    private const string NoPath = " (add the role's IAM path, if it has one)";

    private const string OfCaller =
        """{"Effect":"Allow","Action":["sts:AssumeRole"],"Resource":"arn:aws:iam::555566667777:role/reports"}""";

    /// <summary>The text, the hop, the policy, who can fix it, and a part of what to do.</summary>
    public static TheoryData<string, string, string, string, string> Denials => new()
    {
        {
            Boto + User + Assume + " because no identity-based policy allows the sts:AssumeRole action",
            First, "identity-based policy", "the caller's account, 111122223333",
            $"Add this statement to an identity-based policy of {Task}{NoPath}: {OfCaller}"
        },
        {
            Go + User + Assume + " because no role trust policy allows the sts:AssumeRole action",
            First, "trust policy", "the role's account, 555566667777",
            $$"""Add this statement to the trust policy of {{Reports}}: {"Effect":"Allow","Principal":{"AWS":"{{Task}}"}"""
        },
        {
            User + Assume + " because no permissions boundary allows the sts:AssumeRole action" + Java,
            First, "permissions boundary", "the caller's account, 111122223333",
            $"The permissions boundary of {Task}{NoPath} allows too little. Add this statement to it: {OfCaller}"
        },
        {
            Boto + Later + $"sts:AssumeRole on resource: {Audit} because no session policy allows the sts:AssumeRole action",
            "hop 2 of destination audit", "session policy", "the caller's account, 555566667777",
            "Policy or PolicyArns of hop 1 in the sidecar's configuration limit the session"
        },
        {
            Boto + User + Assume + " with an explicit deny in a service control policy",
            First, "service control policy (SCP)",
            "the organization of the caller's account, "
                + "111122223333", $"A Deny in a service control policy (SCP) of the organization of {Task}"
        },
        {
            Boto + User + Assume + " with an explicit deny in a resource control policy",
            First, "resource control policy (RCP)",
            "the organization of the role's account, "
                + "555566667777", "A Deny in a resource control policy (RCP) of the organization of account 5555"
        },
        {
            Boto + User + Assume + " because no VPC endpoint policy allows the sts:AssumeRole action",
            First, "VPC endpoint policy", "the network of the caller",
            "Add this statement to the policy of the VPC endpoint for STS in eu-central-1 (com.amazonaws.eu-central-1.sts)"
        },
        {
            Boto + User + "sts:TagSession on resource: " + Reports,
            First, "unknown: STS does not name it",
            "the caller's account, 111122223333, or the role's account, 555566667777: STS does not say which",
            "[\"sts:AssumeRole\",\"sts:TagSession\"]"
        },
        {
            Boto + Later + "sts:SetSourceIdentity on resource: " + Audit,
            "hop 2 of destination audit", "unknown: STS does not name it",
            "the caller's account, 555566667777, or the role's account, 999900001111: STS does not say which",
            "[\"sts:AssumeRole\",\"sts:SetSourceIdentity\"]"
        },
        {
            Boto + User + Assume,
            First, "unknown: STS does not name it",
            "the caller's account, 111122223333, or the role's account, 555566667777: STS does not say which",
            "STS gives the same answer for a wrong ExternalId. Check that the trust policy's sts:ExternalId equals the configured one"
        },
        {
            $"Cannot assume {Reports} (hop 1): STS does not allow it. STS said: {User}{Assume}.",
            First, "unknown: STS does not name it",
            "the caller's account, 111122223333, or the role's account, 555566667777: STS does not say which", OfCaller
        },
    };

    [Theory, MemberData(nameof(Denials))]
    public void A_denial_names_the_hop_the_policy_the_side_and_the_statement(
        string text, string hop, string policy, string side, string toDo)
    {
        var (code, output, error) = ExplainRun.Of(text);

        Assert.Equal((0, ""), (code, error));
        Assert.Contains($"Hop             {hop}\n", output, StringComparison.Ordinal);
        Assert.Contains($"Policy          {policy}\n", output, StringComparison.Ordinal);
        Assert.Contains($"Who can fix it  {side}\n", output, StringComparison.Ordinal);
        Assert.Contains(toDo, output, StringComparison.Ordinal);
        Assert.DoesNotContain("orders-7f3a", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "An error occurred (PackedPolicyTooLarge) when calling the AssumeRole operation: Packed size of session tags consumes "
            + "107% of allotted space.",
        "STS rejected the call (PackedPolicyTooLarge).", "are too large when packed: shorten them.")]
    [InlineData(
        "An error occurred (ValidationError) when calling the AssumeRole operation: The requested DurationSeconds exceeds the 1 "
            + "hour session "
            + "limit for roles assumed by role chaining.",
        "STS rejected the call (ValidationError).", "STS limits role chaining to one hour")]
    [InlineData(
        "api error ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        "STS rejected the call (ValidationError).", "raise the role's limit: aws iam update-role")]
    [InlineData(
        "ExpiredToken: The security token included in the request is expired",
        "STS rejected the call (ExpiredToken).", "The next attempt signs with new credentials.")]
    [InlineData(
        "Aws::STS::Errors::SignatureDoesNotMatch (Signature expired: 20260101T000000Z is now earlier than 20260101T000500Z "
            + "(20260101T002000Z - 15 min.))",
        "STS rejected the call (SignatureDoesNotMatch).", "This clock is 1200 s behind that of STS.")]
    [InlineData(
        "Signature not yet current: 20260101T010000Z is still later than 20260101T003500Z (20260101T002000Z + 15 min.)",
        "STS rejected the call (SignatureDoesNotMatch).", "This clock is 2400 s ahead of that of STS.")]
    [InlineData(
        "An error occurred (InvalidClientTokenId) when calling the AssumeRole operation: The security token included in the "
            + "request is invalid.",
        "STS rejected the call (InvalidClientTokenId).", "If eu-central-1 is an opt-in region, enable it")]
    [InlineData(
        "RegionDisabledException: STS is not activated in this region for account:111122223333. Your account administrator can "
            + "activate STS",
        "STS rejected the call (RegionDisabledException).", "Activate STS for eu-central-1")]
    [InlineData(
        "An error occurred (MalformedPolicyDocument) when calling the AssumeRole operation: This policy contains invalid Json",
        "STS rejected the call (MalformedPolicyDocument).", "Correct the hop's settings")]
    [InlineData(
        "ThrottlingException: Rate exceeded", "STS rejected the call (ThrottlingException).", "the limit applies to the whole account")]
    [InlineData(
        "Could not connect to the endpoint URL: \"https://sts.eu-cental-1.amazonaws.com/\"",
        "The SDK did not reach STS.", "Check the route")]
    [InlineData(
        "dial tcp: lookup sts.eu-cental-1.amazonaws.com: no such host",
        "The SDK did not reach STS.", "Check the route")]
    [InlineData(
        "<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>The security token included in the request is "
            + "expired</Message></Error></ErrorResponse>",
        "STS rejected the call (ExpiredToken).", "The next attempt signs with new credentials.")]
    public void Another_error_of_STS_is_explained(string text, string what, string toDo)
    {
        var (code, output, error) = ExplainRun.Of(text);

        Assert.Equal((0, ""), (code, error));
        Assert.StartsWith($"What happened   {what}\n", output, StringComparison.Ordinal);
        Assert.Contains(toDo, output, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_configuration_the_text_alone_is_explained()
    {
        var (code, output, _) = ExplainRun.With(null, Boto + User + Assume + " because no identity-based policy allows the action");

        Assert.Equal(0, code);
        Assert.Contains("Hop             unknown: no configuration was given (--config FILE)\n", output, StringComparison.Ordinal);
        Assert.Contains($"identity-based policy of {Task}{NoPath}: {OfCaller}", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_role_that_the_configuration_does_not_assume_is_said()
    {
        var (_, output, _) = ExplainRun.Of(Boto + User + "sts:AssumeRole on resource: arn:aws:iam::555566667777:role/other");

        Assert.Contains("none: the configuration does not assume this role from this caller", output, StringComparison.Ordinal);
    }
}
