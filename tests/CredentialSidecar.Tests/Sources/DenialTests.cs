using CredentialSidecar.Chains;
using CredentialSidecar.Sources;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Sources;

/// <summary>The wording is that of "Troubleshoot access denied error messages" in the IAM user guide.</summary>
public sealed class DenialTests
{
    private const string User = "User: arn:aws:sts::111122223333:assumed-role/orders-task/7a08 is not authorized to perform: ";
    private const string On = " on resource: arn:aws:iam::555566667777:role/reports";
    private const string OfCaller =
        """{"Effect":"Allow","Action":["sts:AssumeRole"],"Resource":"arn:aws:iam::555566667777:role/reports"}""";

    private const string OfTrust =
        """{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/orders-task"},"Action":["sts:AssumeRole"]}""";

    [Theory]
    [InlineData(
        " because no identity-based policy allows the sts:AssumeRole action",
        "Add this statement to an identity-based policy of arn:aws:iam::111122223333:role/orders-task: " + OfCaller)]
    [InlineData(
        " with an explicit deny in an identity-based policy",
        "A Deny in an identity-based policy of arn:aws:iam::111122223333:role/orders-task covers sts:AssumeRole " +
        "on arn:aws:iam::555566667777:role/reports: narrow that statement.")]
    [InlineData(
        " because no role trust policy allows the sts:AssumeRole action",
        "Add this statement to the trust policy of arn:aws:iam::555566667777:role/reports: " + OfTrust)]
    [InlineData(
        " because no resource-based policy allows the sts:AssumeRole action",
        "Add this statement to the trust policy of arn:aws:iam::555566667777:role/reports: " + OfTrust)]
    [InlineData(
        " with an explicit deny in the role trust policy",
        "A Deny in the trust policy of arn:aws:iam::555566667777:role/reports covers")]
    [InlineData(
        " because no permissions boundary allows the sts:AssumeRole action",
        "The permissions boundary of arn:aws:iam::111122223333:role/orders-task allows too little. " +
        "Add this statement to it: " + OfCaller)]
    [InlineData(
        " with an explicit deny in a permissions boundary",
        "A Deny in the permissions boundary of arn:aws:iam::111122223333:role/orders-task covers")]
    [InlineData(
        " because no session policy allows the sts:AssumeRole action",
        "allows too little. Add this statement to it: " + OfCaller)]
    [InlineData(
        " because no service control policy allows the sts:AssumeRole action",
        "Only a statement in a service control policy (SCP) of the organization of " +
        "arn:aws:iam::111122223333:role/orders-task can allow sts:AssumeRole on")]
    [InlineData(" with an explicit deny in a service control policy", "A Deny in a service control policy (SCP) of the organization of")]
    [InlineData(
        " with an explicit deny in a resource control policy",
        "A Deny in a resource control policy (RCP) of the organization of account 555566667777 covers")]
    [InlineData(
        " because no VPC endpoint policy allows the sts:AssumeRole action",
        "Add this statement to the policy of the VPC endpoint for STS in eu-central-1 (com.amazonaws.eu-central-1.sts): ")]
    [InlineData(" with an explicit deny in a VPC endpoint policy", "A Deny in the policy of the VPC endpoint for STS in eu-central-1")]
    public void Where_STS_names_the_policy_only_that_one_is_spoken_of(string why, string advice)
    {
        var refused = Assuming.Answered(403, "AccessDenied", User + "sts:AssumeRole" + On + why);

        Assert.Contains(advice, refused.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain("STS does not name", refused.Advice, StringComparison.Ordinal);
        Assert.InRange(refused.Advice!.Split("\"Effect\"").Length - 1, 0, 1);
        Assert.EndsWith($"STS said: {User}sts:AssumeRole{On}{why}.", refused.ForOperator, StringComparison.Ordinal);
        Assert.DoesNotContain("authorized", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_STS_does_not_name_the_policy_both_statements_are_shown_and_nothing_is_inferred()
    {
        var advice = Assuming.Answered(403, "AccessDenied", User + "sts:AssumeRole" + On).Advice;

        Assert.StartsWith("STS does not name the missing policy.", advice, StringComparison.Ordinal);
        Assert.Contains($"(1) In an identity-based policy of {Assuming.Caller}: {OfCaller}.", advice, StringComparison.Ordinal);
        Assert.Contains($"(2) In the trust policy of {Settings.ReportsRole}: {OfTrust}.", advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sts:TagSession")]
    [InlineData("sts:SetSourceIdentity")]
    public void The_action_that_STS_denied_is_in_the_statements_though_the_hop_does_not_configure_it(string action) =>
        Assert.Contains(
            $"\"Action\":[\"sts:AssumeRole\",\"{action}\"]",
            Assuming.Answered(403, "AccessDenied", User + action + On).Advice,
            StringComparison.Ordinal);

    [Fact]
    public void The_session_policy_of_a_later_hop_is_that_of_the_hop_before() => Assert.StartsWith(
        $"Policy or PolicyArns of hop 1 in the sidecar's configuration limit the session of {Assuming.Caller}.",
        Assuming.Answered(
            403,
            "AccessDenied",
            User + "sts:AssumeRole" + On + " because no session policy allows the sts:AssumeRole action",
            number: 2).Advice,
        StringComparison.Ordinal);

    [Theory]
    [InlineData(null, "arn:aws:iam::111122223333:role/orders-task")]
    [InlineData("arn:aws:iam::111122223333:role/team/orders-task", "arn:aws:iam::111122223333:role/team/orders-task")]
    [InlineData("arn:aws:iam::111122223333:role/another", "arn:aws:iam::111122223333:role/orders-task")]
    public void The_caller_is_the_one_that_STS_saw_with_the_path_that_the_agent_knows(string? told, string expected) => Assert.Contains(
        $"\"Principal\":{{\"AWS\":\"{expected}\"}}",
        Assuming.Answered(403, "AccessDenied", User + "sts:AssumeRole" + On, signer: Assuming.Signer with { RoleArn = told }).Advice,
        StringComparison.Ordinal);

    [Fact]
    public void A_user_is_named_as_a_user() => Assert.Contains(
        "\"AWS\":\"arn:aws:iam::111122223333:user/team/developer\"",
        Assuming.Answered(
            403,
            "AccessDenied",
            "User: arn:aws:iam::111122223333:user/team/developer is not authorized to perform: sts:AssumeRole" + On,
            signer: Assuming.Signer with { RoleArn = null }).Advice,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("arn:aws:iam::111122223333:role/orders-task", true)]
    [InlineData("arn:aws:iam::111122223333:role/team/orders-task", true)]
    [InlineData("arn:aws:iam::555566667777:role/orders-task", false)]
    public void A_role_that_assumes_itself_is_told_so(string role, bool isItself)
    {
        var hop = Assuming.Hop with { Role = RoleArn.Parse(role) };
        var advice = Assuming.Answered(403, "AccessDenied", User + "sts:AssumeRole on resource: " + role, hop).Advice!;
        Assert.Equal(isItself,
            advice.StartsWith($"{role} is the caller's own role, so this hop assumes itself.", StringComparison.Ordinal));
    }

    [Fact]
    public void A_wrong_external_id_is_spoken_of_without_its_value()
    {
        var hop = Assuming.Hop with { ExternalId = "orders-7f3a" };
        var advice = Assuming.Answered(403, "AccessDenied", User + "sts:AssumeRole" + On, hop).Advice;

        Assert.Contains(
            "STS gives the same answer for a wrong ExternalId. Check that the trust policy's sts:ExternalId equals the configured one " +
            "(value hidden, 11 characters).",
            advice,
            StringComparison.Ordinal);
        Assert.DoesNotContain("orders-7f3a", advice, StringComparison.Ordinal);
    }

    [Fact]
    public void An_encoded_message_comes_with_the_way_to_decode_it() => Assert.Contains(
        "aws sts decode-authorization-message",
        Assuming.Answered(
            403,
            "UnauthorizedOperation",
            "You are not authorized to perform this operation. Encoded authorization failure message: hK3x").Advice,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("""User: arn:aws:iam::111122223333:user/x"},"Action":"*" is not authorized to perform: sts:AssumeRole""")]
    [InlineData("User: arn:aws:sts::111122223333:assumed-role/a b/x is not authorized")]
    [InlineData("")]
    public void Nothing_but_an_ARN_gets_from_the_text_into_a_statement(string text)
    {
        var advice = Assuming.Answered(403, "AccessDenied", text, signer: Assuming.Signer with { RoleArn = null }).Advice;
        Assert.Contains("\"AWS\":\"<the caller's role ARN>\"", advice, StringComparison.Ordinal);
    }
}
