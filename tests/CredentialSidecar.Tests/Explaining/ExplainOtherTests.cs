using System.CommandLine;
using System.Text.Json.Nodes;
using CredentialSidecar.Commands;
using CredentialSidecar.Configuration;
using CredentialSidecar.Explaining;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Explaining;

/// <summary>CloudTrail events, errors that never reached STS, and texts that hold secrets.</summary>
public sealed class ExplainOtherTests
{
    private const string Message = "User: arn:aws:sts::111122223333:assumed-role/orders-task/7a08 is not authorized to perform: "
        + "sts:AssumeRole on resource: arn:aws:iam::555566667777:role/reports";

    private static readonly string Event = """
        {
          "eventVersion": "1.09", "eventTime": "2026-11-28T03:00:00Z", "eventSource": "sts.amazonaws.com", "eventName": "AssumeRole",
          "awsRegion": "eu-west-1", "errorCode": "AccessDenied", "vpcEndpointId": "vpce-0a1b2c3d",
          "errorMessage": "MESSAGE",
          "userIdentity": { "type": "AssumedRole", "arn": "arn:aws:sts::111122223333:assumed-role/orders-task/7a08",
            "sessionContext": { "sessionIssuer": { "type": "Role", "arn": "arn:aws:iam::111122223333:role/service/orders-task" } } },
          "requestParameters": { "roleArn": "arn:aws:iam::555566667777:role/reports", "roleSessionName": "x", "externalId": "EXTERNAL" }
        }
        """.Replace("MESSAGE", Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("orders-7f3a", "The call had the configured ExternalId.")]
    [InlineData("orders-other", "The call had another ExternalId than the configuration.")]
    public void A_CloudTrail_event_is_compared_with_the_configuration(string externalId, string said)
    {
        var (code, output, _) = ExplainRun.Of(Event.Replace("EXTERNAL", externalId, StringComparison.Ordinal));

        Assert.Equal(0, code);
        Assert.Contains(said, output, StringComparison.Ordinal);
        Assert.Contains("Event           AssumeRole at 2026-11-28T03:00:00Z\n", output, StringComparison.Ordinal);
        Assert.Contains("vpce-0a1b2c3d", output, StringComparison.Ordinal);
        Assert.Contains(
            "identity-based policy of arn:aws:iam::111122223333:role/service/orders-task", output, StringComparison.Ordinal);
        Assert.DoesNotContain(externalId, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"Records\":[EVENT,EVENT]}", 2)]
    [InlineData("{\"detail-type\":\"AWS API Call via CloudTrail\",\"detail\":EVENT}", 1)]
    [InlineData("{\"Events\":[{\"EventName\":\"AssumeRole\",\"CloudTrailEvent\":STRING}]}", 1)]
    [InlineData("[EVENT]", 1)]
    public void Every_form_of_a_CloudTrail_event_is_read(string form, int count)
    {
        var text = form.Replace("EVENT", Event, StringComparison.Ordinal)
            .Replace("STRING", JsonValue.Create(Event).ToJsonString(), StringComparison.Ordinal);
        var (_, output, error) = ExplainRun.Of(text, "--json");

        Assert.Equal("", error);
        Assert.Equal(count, JsonNode.Parse(output)!.AsArray().Count);
        Assert.StartsWith("hop 1 of destination audit, hop 1 of destination "
            + "reports", (string?)JsonNode.Parse(output)![0]!["hop"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_CloudTrail_event_without_an_error_is_no_failure() =>
        Assert.Equal(1, ExplainRun.Of(Event.Replace("errorCode", "noCode", StringComparison.Ordinal)).Code);

    [Theory]
    [InlineData(
        "Unable to locate credentials. You can configure credentials by running \"aws configure\".",
        "The SDK found no credentials.", "Start the program by credential-launch")]
    [InlineData(
        "Error when retrieving credentials from container-role: Error retrieving metadata: Received non 200 response 401 from container "
            + "metadata: {\"code\":\"Unauthorized\",\"message\":\"The authorization token is not the sidecar's.\",\"HTTPErrorCode\":401}",
        "The sidecar rejected the program's request (Unauthorized): the token is missing, wrong or replaced.", "credential-launch")]
    [InlineData(
        "Error when retrieving credentials from container-role: Error retrieving metadata: Could not connect to the endpoint URL: "
            + "\"http://127.0.0.1:9170/v1/credentials\"",
        "The SDK did not reach the sidecar.", "Check that the sidecar runs")]
    [InlineData(
        "failed to load credentials, : {\\\"code\\\":\\\"DestinationNotAllowed\\\",\\\"message\\\":\\\"x\\\"}",
        "The sidecar rejected the program's request (DestinationNotAllowed)", "Add the destination to the client")]
    public void An_error_that_did_not_reach_STS_is_explained(string text, string what, string toDo)
    {
        var (code, output, _) = ExplainRun.Of(text);

        Assert.Equal(0, code);
        Assert.StartsWith($"What happened   {what}", output, StringComparison.Ordinal);
        Assert.Contains(toDo, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("111122223333:assumed-role/orders-task/7a08", "is not the last role of a destination, so the program does not "
        + "use the sidecar.")]
    [InlineData("555566667777:assumed-role/reports/x",
        "The sidecar works: this is the session of destination reports. Add this statement to an identity-based policy of "
        + """arn:aws:iam::555566667777:role/reports: {"Effect":"Allow","Action":["s3:GetObject"],"Resource":"arn:aws:s3:::bucket/key"}""")]
    public void A_denial_of_the_application_says_whether_the_sidecar_is_used(string caller, string toDo)
    {
        var (_, output, _) = ExplainRun.Of("An error occurred (AccessDenied) when calling the GetObject operation: User: "
            + $"arn:aws:sts::{caller} "
            + "is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::bucket/key\" because no identity-based "
                + "policy allows it");

        Assert.Contains(toDo, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "has no STS error")]
    [InlineData("Hello world, all is well.", "has no STS error")]
    [InlineData("{\"a\":1}", "has no STS error")]
    public void Another_text_is_said_to_be_unknown(string text, string error)
    {
        var ended = ExplainRun.Of(text);

        Assert.Equal((1, ""), (ended.Code, ended.Output));
        Assert.Contains(error, ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_one_sentence()
    {
        var (code, _, error) = ExplainRun.Of("", "/nonexistent/error.txt");

        Assert.Equal((64, "credential-sidecar: /nonexistent/error.txt does not exist.\n"), (code, error));
    }

    [Fact]
    public void Secrets_and_terminal_sequences_of_the_text_are_not_repeated()
    {
        const string Token = "IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJH";
        const string Caller = "User: arn:aws:sts::555566667777:assumed-role/reports/x is not authorized to perform: ";
        string[] texts =
        [
            $"\u001b[31mSecretAccessKey=wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY {Token} externalId orders-7f3a {Caller}"
                + "sts:AssumeRole on resource: arn:aws:iam::555566667777:role/reports",
            $"{Caller}s3:GetObject on resource: arn:aws:s3:::b/k?X-Amz-Security-Token={Token}&X-Amz-Signature=0f0f0f0f",
            $"{Caller}s3:GetObject on resource: arn:aws:s3:::b/orders-7f3a",
        ];

        foreach (var output in texts.SelectMany(text => (string[])[ExplainRun.Of(text).Output, ExplainRun.Of(text, "--json").Output]))
        {
            Assert.NotEmpty(output);
            Assert.All((string[])["wJalrXUt", Token[..16], "orders-7f3a", "\u001b", "0f0f"],
                secret => Assert.DoesNotContain(secret, output, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Every_code_of_the_sidecar_is_on_the_errors_page()
    {
        var page = File.ReadAllText(Repository.File("docs", "errors.md"));
        Assert.All(SidecarAnswers.Codes, code => Assert.Contains($"| `{code}` |", page, StringComparison.Ordinal));
    }

    [Fact]
    public void A_failed_call_after_twenty_others_is_found_and_missing_parameters_say_nothing()
    {
        var denied = Event.Replace("\"requestParameters\": {", "\"others\": {", StringComparison.Ordinal);
        var fine = Event.Replace("errorCode", "noCode", StringComparison.Ordinal);
        var (_, output, _) = ExplainRun.Of($"[{string.Concat(Enumerable.Repeat($"{fine},", 25))}{denied}]");

        Assert.StartsWith("What happened   STS denied sts:AssumeRole", output, StringComparison.Ordinal);
        Assert.DoesNotContain("another program made this call", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_CloudTrail_event_of_another_service_is_not_about_a_hop()
    {
        const string text = """
            {"eventSource":"s3.amazonaws.com","eventName":"GetObject","errorCode":"AccessDenied","errorMessage":"Access Denied"}
            """;

        Assert.StartsWith("What happened   GetObject failed (AccessDenied).", ExplainRun.Of(text).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SIDECAR_PORT", "9300", 0)]
    [InlineData("SIDECAR_ROLE_ARN", "nonsense", 78)]
    public void Only_a_configuration_of_destinations_is_read(string variable, string value, int expected)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var command = ExplainCommand.Create(new Option<string?>("--config"), new Option<bool>("--json"),
            () => new ProcessEnvironment([KeyValuePair.Create(variable, value)]), () => new StringReader("Unable to locate credentials"));
        var code = command.Parse(["-"]).Invoke(new InvocationConfiguration { Output = output, Error = error });

        Assert.Equal(expected, code);
        Assert.DoesNotContain("generated", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("eventName")]
    [InlineData("errorCode")]
    [InlineData("eventTime")]
    [InlineData("awsRegion")]
    [InlineData("vpcEndpointId")]
    [InlineData("roleArn")]
    [InlineData("arn")]
    public void A_value_of_an_event_that_is_not_what_AWS_writes_is_not_printed(string member)
    {
        var text = JsonNode.Parse(Event)!;
        var place = member switch
        {
            "roleArn" => text["requestParameters"]!,
            "arn" => text["userIdentity"]!["sessionContext"]!["sessionIssuer"]!,
            _ => text,
        };
        place[member] = "IQoJb3JpZ2luX2VjEJr secret \u001b[31m";

        foreach (var output in (string[])[ExplainRun.Of(text.ToJsonString()).Output, ExplainRun.Of(text.ToJsonString(), "--json").Output])
        {
            Assert.NotEmpty(output);
            Assert.DoesNotContain("IQoJ", output, StringComparison.Ordinal);
        }
    }
}
