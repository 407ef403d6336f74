using System.Text.Json.Nodes;
using CredentialSidecar.Testing;
using Xunit;
using static CredentialSidecar.Tests.Generating.GenerateRun;

namespace CredentialSidecar.Tests.Generating;

/// <summary>Values that AWS or the sidecar's image would reject, and what the page says about the container.</summary>
public sealed class RejectedValueTests
{
    private const string Destinations = $$""" "Destinations": { "default": { "Hops": [ { "RoleArn": "{{Target}}" } ] } } """;

    private static readonly string[] Default = ["--container", "app=default", "--image", "registry/credential-sidecar:1"];

    [Theory]
    [InlineData("task-definition --from - --container app=default --image", "", "--image is empty; expected the name of an image.")]
    [InlineData("helm-values --region", "Frankfurt", "--region is \"Frankfurt\"; expected a region such as eu-central-1")]
    [InlineData("iam --task-role arn:aws:iam::111122223333:role/x --region", "x y", "--region is \"x y\"; expected a region")]
    [InlineData("iam --task-role", "arn:aws-cn:iam::111122223333:role/x",
        "arn:aws-cn:iam::111122223333:role/x is in the partition aws-cn, and arn:aws:iam::555566667777:role/reports is in aws.")]
    public void A_value_that_AWS_would_reject_is_told(string flags, string value, string sentence)
    {
        var (code, output, error) = Of(Definition("article"), [.. flags.Split(' '), value], ("SIDECAR_ROLE_ARN", Target));

        Assert.Equal((64, ""), (code, output));
        Assert.Contains(sentence, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Tags_of_AWS_are_left_out_because_nobody_else_may_set_them()
    {
        const string tags = "\"tags\": [{ \"key\": \"aws:cloudformation:stack-name\", \"value\": \"x\" }, { \"key\": \"team\", "
            + "\"value\": \"a\" }], ";
        var input = Definition("article").Replace("\"family\"", $"{tags}\"family\"", StringComparison.Ordinal);
        var (code, output, error) = Task(input, [.. Default, "--role-arn", Target]);

        Assert.Equal(0, code);
        Assert.Equal("team", (string?)Assert.Single(JsonNode.Parse(output)!["tags"]!.AsArray())!["key"]);
        Assert.Contains("The tag aws:cloudformation:stack-name is left out", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Helm_values_say_which_settings_they_lack()
    {
        var configuration = $$"""{ {{Destinations}}, "Listen": { "Port": 9300 } }""";
        var (code, _, error) = Of(
            "", ["helm-values", "--region", "eu-central-1"], ("SIDECAR_CONFIG", configuration), ("SIDECAR_Refresh__StartSpread", "1s"));

        Assert.Equal(0, code);
        Assert.StartsWith("Not in the values: Listen, Refresh. ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SIDECAR_Health__Port")]
    [InlineData("SIDECAR_HEALTH_PORT")]
    public void The_health_check_finds_the_port_under_any_name(string variable)
    {
        var (_, output, _) = Of(
            Definition("article"), ["task-definition", "--from", "-", .. Default], ("SIDECAR_ROLE_ARN", Target), (variable, "9300"));
        var ports = Container(output, "credential-sidecar")["environment"]!.AsArray()
            .Where(one => (string?)one!["value"] == "9300").Select(one => (string?)one!["name"]);

        Assert.Equal(["SIDECAR_HEALTH_PORT"], ports);
    }

    [Fact]
    public void The_page_names_the_user_and_the_memory_of_the_sidecar()
    {
        var page = File.ReadAllText(Repository.File("docs", "generate.md"));
        var container = Container(Task(Definition("article"), [.. Default, "--role-arn", Target]).Output, "credential-sidecar");

        Assert.Contains($"user {((string)container["user"]!).Split(':')[0]}, read-only root, no "
            + "capabilities", page, StringComparison.Ordinal);
        Assert.Contains(
            $"{container["memoryReservation"]} MiB reserved and {container["memory"]} MiB at most", page, StringComparison.Ordinal);
    }
}
