extern alias sidecar;

using System.Text.Json.Nodes;
using CredentialSidecar.Commands;
using CredentialSidecar.Testing;
using CredentialSidecar.Tests.Configuration;
using Xunit;
using ExitCodes = sidecar::CredentialSidecar.Shared.ExitCodes;

namespace CredentialSidecar.Tests.Commands;

/// <summary>What an operator sees of a wrong configuration: exit code 78, every key, no stack trace, no secret.</summary>
public sealed class ValidateCommandTests
{
    private const string Canary = "canary-5up3r-53cr3t-9f2c7b1e4d6a8";

    public static TheoryData<string, string[]> Broken => new()
    {
        { $"{Loading.Role}=", ["SIDECAR_ROLE_ARN is not set"] },
        {
            $"{Loading.Role}=arn:aws:iam::1234567890123456:role/x",
            [$"{Loading.Role} is \"arn:aws:iam::1234567890123456:role/x\", and its account id has 16 characters"]
        },
        {
            $"{Loading.Role}=arn:aws:sts::123456789012:assumed-role/x/y",
            [
                $"{Loading.Role} is \"arn:aws:sts::123456789012:assumed-role/x/y\", the ARN of a session; " +
                "write the ARN of its role, arn:aws:iam::123456789012:role/x",
            ]
        },
        { "SIDECAR_TOKEN=", ["SIDECAR_TOKEN is not set"] },
        {
            $"SIDECAR_TOKEN_FILE=/does/not/exist|SIDECAR_TOKEN={Canary}",
            [
                "SIDECAR_TOKEN_FILE is set, and SIDECAR_TOKEN is set too",
                "SIDECAR_TOKEN_FILE is \"/does/not/exist\", which does not exist",
            ]
        },
        { $"SIDECAR_TOKEN={Canary} ", ["SIDECAR_TOKEN begins or ends with a space"] },
        { "SIDECAR_PORT=http", ["SIDECAR_PORT is \"http\"; expected a port number (0-65535)"] },
        {
            "SIDECAR_PORT=70000|SIDECAR_HEALTH_PORT=-1",
            ["SIDECAR_PORT is 70000; expected a port", "SIDECAR_HEALTH_PORT is -1; expected a port"]
        },
        { "SIDECAR_DRAIN=5 minutes", ["SIDECAR_DRAIN is \"5 minutes\"; expected a time such as 5s"] },
        {
            "SIDECAR_Destination__x__Hops=1",
            ["SIDECAR_Destination__x__Hops is not a setting; did you mean SIDECAR_Destinations__x__Hops?"]
        },
        {
            "SIDECAR_CONFIG=/etc/sidecar.json",
            [
                "SIDECAR_CONFIG is invalid JSON at line 1, byte 1: '/' is an invalid start of a value; " +
                "the path of a file belongs in SIDECAR_CONFIG_FILE",
            ]
        },
        { $"SIDECAR_CONFIG={{\"Access\":{{\"Token\":\"{Canary}\"", ["SIDECAR_CONFIG is invalid JSON at line 1"] },
        {
            $"SIDECAR_CONFIG_FILE={{\"Access\":{{\"Token\":\"{Canary}\"}}}}",
            ["SIDECAR_CONFIG_FILE contains JSON; expected the path of a file"]
        },
        { "SIDECAR_CONFIG_FILE=/does/not/exist.json", ["SIDECAR_CONFIG_FILE is \"/does/not/exist.json\", which does not exist"] },
        {
            "SIDECAR_Destinations__reports__Hops__0__DurationSeconds=900",
            ["SIDECAR_Destinations__reports__Hops__0__DurationSeconds is 900; expected 1500 to 3600"]
        },
        {
            $"SIDECAR_Destinations__reports__Hops__0__ExternalId={Canary} *",
            ["SIDECAR_Destinations__reports__Hops__0__ExternalId (value hidden) holds a space; expected 2 to 1224 of "]
        },
        { "SIDECAR_SOURCE_ENDPOINT=169.254.170.2", ["SIDECAR_SOURCE_ENDPOINT is \"169.254.170.2\"; expected an http or https address"] },
        { "AWS_REGION=", ["AWS_REGION is not set"] },
        { "AWS_REGION=frankfurt", ["AWS_REGION is \"frankfurt\"; expected a region such as eu-central-1"] },
        { $"AWS_ENDPOINT_URL_STS=https://user:{Canary}@sts.example", ["AWS_ENDPOINT_URL_STS contains a user name or a password"] },
        { $"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI={Canary}", ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI does not begin with /"] },
        { "SIDECAR_Access__AllowAnonymous=true", ["SIDECAR_Access__AllowAnonymous is true, but SIDECAR_TOKEN is set"] },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_broken_configuration_ends_with_78_and_each_key_on_a_line_of_its_own(string variables, string[] expected)
    {
        var (code, output, error) = Run([.. variables.Split('|').Select(v => v.Split('=', 2)).Select(v => (v[0], (string?)v[1]))]);
        var lines = error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(ExitCodes.Configuration, code);
        Assert.Empty(output);
        Assert.Equal(expected.Length + 1, lines.Length);
        Assert.All(expected.Zip(lines.Skip(1)), pair => Assert.StartsWith("  " + pair.First, pair.Second, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", error, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, error, StringComparison.Ordinal);
    }

    [Fact]
    public void All_mistakes_of_all_kinds_are_reported_at_once()
    {
        var (_, _, error) = Run(
            ("SIDECAR_TOKEN", null),
            (Loading.Role, "x"),
            ("SIDECAR_PORT", "x"),
            ("SIDECAR_LOGGING__LEVEL", "loud"),
            ("AWS_REGION", "x"),
            ("AWS_ENDPOINT_URL_STS", "x"),
            ("SIDECAR_Refresh__JitterFraction", "2"),
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", null));

        Assert.StartsWith("credential-sidecar: 8 mistakes in the configuration", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_good_configuration_is_printed_with_defaults_and_without_secrets()
    {
        var (code, output, error) = Run(("SIDECAR_TOKEN", Canary), ("SIDECAR_Destinations__reports__Hops__0__ExternalId", Canary));
        var printed = JsonNode.Parse(output)!;

        Assert.Equal(ExitCodes.Ok, code);
        Assert.DoesNotContain(Canary, output + error, StringComparison.Ordinal);
        Assert.Equal("(set, 33 characters)", (string?)printed["Access"]!["Token"]);
        Assert.Equal("20m", (string?)printed["Refresh"]!["MinimumRemaining"]);
        Assert.Equal("eu-central-1", (string?)printed["Region"]);
    }

    [Fact]
    public void A_placeholder_that_only_the_task_can_fill_is_good_before_the_task_is_known()
    {
        var (code, output, error) = Run(
            ("ECS_CONTAINER_METADATA_URI_V4", "http://169.254.170.2/v4/x"),
            ("SIDECAR_Destinations__reports__Hops__0__Tags__task", "{family}/{task_id}"),
            ("SIDECAR_Destinations__reports__Hops__0__SourceIdentity", "{task_id}"));

        Assert.Equal(ExitCodes.Ok, code);
        Assert.Contains("{family}/{task_id}", output, StringComparison.Ordinal);
        Assert.Contains("STS: https://sts.eu-central-1.amazonaws.com.", error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_STS_that_is_asked_and_its_proxy_are_printed()
    {
        var (_, _, byProxy) = Run(
            ("AWS_REGION", "us-east-1"),
            ("AWS_USE_FIPS_ENDPOINT", "true"),
            ("AWS_USE_DUALSTACK_ENDPOINT", "true"),
            ("HTTPS_PROXY", $"http://me:{Canary}@proxy.internal:3128"));
        Assert.Contains(
            "STS: https://sts-fips.us-east-1.api.aws through the proxy http://proxy.internal:3128 of HTTPS_PROXY.",
            byProxy,
            StringComparison.Ordinal);

        var (_, _, ofTask) = Run(("AWS_REGION", null), ("ECS_CONTAINER_METADATA_URI_V4", "http://169.254.170.2/v4/x"));
        Assert.Contains("STS: of the task's region.", ofTask, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_printed_can_be_read_again_once_the_secrets_are_put_back()
    {
        var (_, output, _) = Run(
            ("SIDECAR_DRAIN", "1.5"),
            ("SIDECAR_Destinations__reports__Hops__0__RoleArn", "arn:aws:iam::123456789012:role/a+b=c"));
        var printed = JsonNode.Parse(output)!;
        printed["Access"]!["Token"] = Settings.Token;

        var unset = Settings.Least.Keys
            .Where(name => name.StartsWith("SIDECAR_", StringComparison.Ordinal))
            .Select(name => (name, (string?)null));
        var (code, again, _) = Run([.. unset, ("SIDECAR_CONFIG", printed.ToJsonString())]);

        Assert.Equal(ExitCodes.Ok, code);
        Assert.Equal(output, again);
        Assert.Contains("role/a+b=c", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_line_leads_to_it_and_names_the_file_given_there()
    {
        Assert.Equal(ExitCodes.Configuration, await CommandLine.RunAsync(["validate", "--config", "/does/not/exist.json"]));
    }

    private static (int Code, string Output, string Error) Run(params (string Name, string? Value)[] changes)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = ValidateCommand.Run(Settings.Environment(changes), null, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
