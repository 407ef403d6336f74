using Xunit;

namespace CredentialSidecar.Tests.Explaining;

/// <summary>Texts with several errors, errors of other services, and facts that the text or the configuration does not have.</summary>
public sealed class ExplainConfusionTests
{
    private const string Task = "User: arn:aws:sts::111122223333:assumed-role/orders-task/7a08 is not authorized to perform: ";
    private const string Reports = "User: arn:aws:sts::555566667777:assumed-role/reports/x is not authorized to perform: ";
    private const string Assume = "sts:AssumeRole on resource: arn:aws:iam::555566667777:role/reports";

    [Theory]
    [InlineData("with an explicit deny in a service control policy",
        "A Deny in a service control policy (SCP) covers s3:PutObject. An Allow in another policy does not help")]
    [InlineData("with an explicit deny in a resource-based policy", "A Deny in a resource-based policy covers s3:PutObject.")]
    [InlineData("because no resource-based policy allows the action", "to the policy of the resource itself, such as a bucket policy")]
    [InlineData("because no session policy allows the action", "Policy or PolicyArns of the destination's last hop")]
    [InlineData("because no permissions boundary allows the action", "Add this statement to the permissions boundary of arn:aws:iam::5555")]
    public void A_denial_of_another_service_is_about_its_own_kind_of_policy(string why, string toDo)
    {
        var (_, output, _) = ExplainRun.Of($"{Reports}s3:PutObject on resource: \"arn:aws:s3:::b/k\" {why}");

        Assert.Contains(toDo, output, StringComparison.Ordinal);
        Assert.DoesNotContain("trust policy", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("An error occurred (AccessDenied) when calling the GetObject operation: Access Denied", "GetObject failed (AccessDenied).")]
    [InlineData("software.amazon.awssdk.services.s3.model.S3Exception: Access Denied (Service: S3, Status Code: 403, Request ID: x)",
        "S3 failed.")]
    [InlineData("An error occurred (ExpiredToken) when calling the GetObject operation: The provided token has expired.",
        "GetObject failed (ExpiredToken).")]
    [InlineData("An error occurred (ThrottlingException) when calling the PutItem operation: Rate exceeded", "PutItem failed")]
    [InlineData("An error occurred (ValidationError) when calling the DescribeStacks operation: Stack x does not exist", "DescribeStacks")]
    [InlineData("An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform "
        + "sts:AssumeRoleWithWebIdentity", "AssumeRoleWithWebIdentity failed")]
    [InlineData("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>",
        "An AWS service failed (AccessDenied).")]
    [InlineData(Reports + "SNS:Publish on resource: arn:aws:sns:eu-central-1:555566667777:t", "The program called SNS:Publish")]
    public void An_error_of_another_service_is_not_blamed_on_a_hop(string text, string what)
    {
        var (code, output, _) = ExplainRun.Of(text);

        Assert.Equal(0, code);
        Assert.StartsWith($"What happened   {what}", output, StringComparison.Ordinal);
        Assert.DoesNotContain("sts:AssumeRole", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Hop  ", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("requests.exceptions.HTTPError: 401 Client Error: Unauthorized for url: https://api.example.com/v1/charges")]
    [InlineData("pydantic_core.ValidationError: 1 validation error for Order")]
    [InlineData("Throttling down the engine")]
    [InlineData("cryptography.fernet.InvalidToken")]
    public void A_word_that_is_also_a_code_is_no_error_of_AWS(string text) => Assert.Equal(1, ExplainRun.Of(text).Code);

    [Theory]
    [InlineData("An error occurred (ThrottlingException) when calling the GetItem operation: Rate exceeded ")]
    [InlineData("INFO 401 Unauthorized GET /login ")]
    [InlineData("ValidationError ignored. ")]
    public void The_denial_of_a_hop_is_found_among_other_errors(string before)
    {
        var (_, output, _) = ExplainRun.Of($"{before}\nAn error occurred (AccessDenied) when calling the AssumeRole operation: "
            + $"{Task}{Assume}");

        Assert.StartsWith("What happened   STS denied sts:AssumeRole (AccessDenied).", output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_policy_of_the_next_error_is_not_that_of_the_hop()
    {
        var (_, output, _) = ExplainRun.Of($"{Task}{Assume}\n{Reports}s3:GetObject on resource: \"arn:aws:s3:::b/k\" with an explicit deny "
            + "in a service control policy");

        Assert.Contains("Policy          unknown: STS does not name it\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_after_much_other_text_is_found() => Assert.StartsWith(
        "What happened   STS denied sts:AssumeRole",
        ExplainRun.Of($"{string.Concat(Enumerable.Repeat("a healthy line of a log\n", 50_000))}{Task}{Assume}").Output,
        StringComparison.Ordinal);

    [Fact]
    public void Without_a_configuration_nothing_is_said_about_its_external_id()
    {
        var (_, output, _) = ExplainRun.With(null, Task + Assume);

        Assert.DoesNotContain("No ExternalId is configured", output, StringComparison.Ordinal);
        Assert.Contains("If the trust policy requires sts:ExternalId, the call must send the same "
            + "value.", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_configuration_the_sidecar_is_not_said_to_work()
    {
        var (_, output, _) = ExplainRun.With(null, "User: arn:aws:sts::111122223333:assumed-role/ecsInstanceRole/i-0 is not authorized to "
            + "perform: s3:GetObject on resource: \"arn:aws:s3:::b/k\"");

        Assert.DoesNotContain("The sidecar works", output, StringComparison.Ordinal);
        Assert.Contains("the program does not use the sidecar", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_role_that_assumes_itself_is_the_programs_own_call()
    {
        var (_, output, _) = ExplainRun.Of(Reports + Assume);

        Assert.Contains("Remove the program's own AssumeRole call.", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_destination_without_hops_may_be_the_caller()
    {
        var (_, output, _) = ExplainRun.With(
            """
            {"Region":"eu-central-1","Destinations":{"own":{"Hops":[]}},
             "Access":{"Clients":{"web":{"SharedDirectory":"/w","Destinations":["own"]}}}}
            """,
            Task + "dynamodb:PutItem on resource: arn:aws:dynamodb:eu-central-1:111122223333:table/t");

        Assert.Contains("It may also be the session of destination own", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_role_with_another_path_is_another_role() => Assert.Contains(
        "none: the configuration does not assume this role from this caller",
        ExplainRun.Of("User: arn:aws:sts::555566667777:assumed-role/reports/x is not authorized to perform: sts:AssumeRole on resource: "
            + "arn:aws:iam::999900001111:role/reader").Output,
        StringComparison.Ordinal);

    [Fact]
    public void A_later_hop_belongs_to_the_caller_before_it_alone() => Assert.Contains(
        "Hop             none: the configuration does not assume this role from this caller\n",
        ExplainRun.Of($"{Task}sts:AssumeRole on resource: arn:aws:iam::999900001111:role/team/audit/reader").Output,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"eventName":"AssumeRole","errorCode":"AccessDenied","errorMessage":"\ud800 x"}""")]
    public void JSON_with_a_repeated_name_or_half_a_character_ends_in_a_sentence(string text) =>
        Assert.InRange(ExplainRun.Of(text).Code, 0, 1);

    [Fact]
    public void An_unreachable_STS_in_the_log_is_explained() => Assert.StartsWith(
        "What happened   The sidecar did not reach STS",
        ExplainRun.Of("Cannot assume arn:aws:iam::555566667777:role/reports (hop 1): STS could not be reached: the connection to "
            + "sts.eu-central-1.amazonaws.com:443 failed: Connection refused.").Output,
        StringComparison.Ordinal);

    [Fact]
    public void The_region_of_the_text_wins_over_that_of_the_configuration() => Assert.Contains(
        "STS in ap-east-1 does not know the access key",
        ExplainRun.Of("An error occurred (InvalidClientTokenId) when calling the AssumeRole operation: The security token included in the "
            + "request is invalid. https://sts.ap-east-1.amazonaws.com/").Output,
        StringComparison.Ordinal);

    [Fact]
    public void The_ARN_of_a_secret_is_not_taken_for_a_secret()
    {
        const string arn = "arn:aws:secretsmanager:eu-central-1:555566667777:secret:prod/db-AbCdEf";
        var (_, output, _) = ExplainRun.Of(
            $"{Reports}secretsmanager:GetSecretValue on resource: {arn} because no identity-based policy allows it");

        Assert.Contains(
            $$"""{"Effect":"Allow","Action":["secretsmanager:GetSecretValue"],"Resource":"{{arn}}"}""", output, StringComparison.Ordinal);
    }
}
