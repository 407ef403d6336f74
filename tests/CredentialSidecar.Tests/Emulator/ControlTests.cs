using System.Text;
using System.Text.Json;
using CredentialSidecar.Emulator.Faults;
using CredentialSidecar.Emulator.Worlds;
using Xunit;

namespace CredentialSidecar.Tests.Emulator;

public sealed class ControlTests : EmulatorTest
{
    [Fact]
    public async Task The_log_tells_all_of_a_call_but_no_secret()
    {
        var keys = await AssumeReportsAsync(
            ("DurationSeconds", "1800"), ("SourceIdentity", "alice"), ("Tags.member.1.Key", "project"), ("Tags.member.1.Value", "orders"));

        var text = await Http.GetStringAsync(new Uri(Server.ControlEndpoint, "/calls"), Cancelled);

        using var calls = JsonDocument.Parse(text);
        var call = calls.RootElement.GetProperty("sts")[0];
        Assert.Equal("AssumeRole", call.GetProperty("action").GetString());
        Assert.Equal("Success", call.GetProperty("outcome").GetString());
        Assert.Equal(DefaultWorld.Reports, call.GetProperty("roleArn").GetString());
        Assert.Matches("^arn:aws:sts::111122223333:assumed-role/orders-task/[0-9a-f]{32}$", call.GetProperty("callerArn").GetString());
        Assert.Equal("orders-1", call.GetProperty("sessionName").GetString());
        Assert.Equal("eu-central-1", call.GetProperty("region").GetString());
        Assert.Equal(DefaultWorld.ExternalId, call.GetProperty("externalId").GetString());
        Assert.Equal(1800, call.GetProperty("durationSeconds").GetInt32());
        Assert.Equal("alice", call.GetProperty("sourceIdentity").GetString());
        Assert.Equal("project", call.GetProperty("tags")[0].GetProperty("key").GetString());
        Assert.Equal("/v2/credentials", calls.RootElement.GetProperty("agent")[0].GetProperty("path").GetString());
        Assert.DoesNotContain(keys.SecretAccessKey, text, StringComparison.Ordinal);
        Assert.DoesNotContain(keys.Token!, text, StringComparison.Ordinal);
        Assert.DoesNotContain(Server.RelativeUri, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Faults_are_added_and_cleared_over_http()
    {
        var faults = new Uri(Server.ControlEndpoint, "/faults");

        using var added = await PostAsync(faults, """{"target":"sts","kind":"throttle","times":3}""");
        Assert.Equal(204, (int)added.StatusCode);
        Assert.Equal([new Fault(FaultTarget.Sts, FaultKind.Throttle, Times: 3)], Server.Faults.InForce);

        using var cleared = await Http.DeleteAsync(faults, Cancelled);
        Assert.Empty(Server.Faults.InForce);
    }

    [Theory]
    [InlineData("""{"target":"sts","kind":"explode"}""")]
    [InlineData("""{"target":"sts","kind":"throttle","tmies":3}""")]
    [InlineData("""{"kind":"throttle"}""")]
    [InlineData("""{"target":"agent","kind":"deny"}""")]
    [InlineData("""{"target":"sts","kind":"slow","delayMilliseconds":-1}""")]
    [InlineData("null")]
    [InlineData("")]
    public async Task A_mistaken_fault_is_refused(string json)
    {
        using var refused = await PostAsync(new Uri(Server.ControlEndpoint, "/faults"), json);

        Assert.Equal(400, (int)refused.StatusCode);
        Assert.Empty(Server.Faults.InForce);
    }

    [Fact]
    public async Task Rotation_over_http_gives_new_credentials()
    {
        var before = await ReadTaskRoleAsync();

        using var rotated = await PostAsync(new Uri(Server.ControlEndpoint, "/rotate"), "");

        Assert.NotEqual(before.AccessKeyId, (await ReadTaskRoleAsync()).AccessKeyId);
    }

    [Fact]
    public async Task The_controls_are_not_on_the_other_ports()
    {
        using var agent = await Http.GetAsync(new Uri(Server.AgentEndpoint, "/calls"), Cancelled);
        using var sts = await Http.GetAsync(new Uri(Server.StsEndpoint, "/calls"), Cancelled);

        Assert.Equal((404, 403), ((int)agent.StatusCode, (int)sts.StatusCode));
    }

    private Task<HttpResponseMessage> PostAsync(Uri uri, string json) =>
        Http.PostAsync(uri, new StringContent(json, Encoding.UTF8, "application/json"), Cancelled);
}
