using System.Net.Http.Json;
using System.Text.Json;
using CredentialSidecar.Chains;
using CredentialSidecar.Emulator;
using CredentialSidecar.Emulator.Faults;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Sources;
using CredentialSidecar.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace CredentialSidecar.Tests.Sources;

/// <summary>The real source and STS clients against an agent and an STS that check everything.</summary>
public sealed class EmulatedChainTests : IAsyncLifetime
{
    private EmulatorServer _emulator = null!;

    public async ValueTask InitializeAsync() =>
        _emulator = await EmulatorServer.StartAsync(new EmulatorOptions(), TimeProvider.System, CancellationToken.None);

    public ValueTask DisposeAsync() => _emulator.DisposeAsync();

    [Fact]
    public async Task Two_hops_with_everything_a_hop_can_take_are_accepted()
    {
        await using var sidecar = await SidecarFixture.StartRealAsync([
            .. Settings.NoReports, .. World(), .. Settings.Destination("audit", DefaultWorld.Reports, DefaultWorld.Reader),
            (Key("audit", 0, "ExternalId"), DefaultWorld.ExternalId), (Key("audit", 0, "SourceIdentity"), "orders"),
            (Key("audit", 0, "Tags__0__Key"), "team"),
            (Key("audit", 0, "Tags__0__Value"), "orders"),
            (Key("audit", 0, "TransitiveTagKeys__0"), "team"),
            (Key("audit", 1, "DurationSeconds"), "1800"),
            (Key("audit", 1, "Region"), "eu-west-1"),
            (Key("audit", 1, "SessionName"), "{destination}-fixed")]);

        var body = await sidecar.Client.GetFromJsonAsync<JsonElement>("/v1/credentials", TestContext.Current.CancellationToken);
        var calls = _emulator.Calls.Sts;

        Assert.Equal(DefaultWorld.Reader, body.GetProperty("RoleArn").GetString());
        Assert.Equal([DefaultWorld.Reports, DefaultWorld.Reader], calls.Select(call => call.RoleArn));
        Assert.All(calls, call => Assert.Equal("Success", call.Outcome));
        Assert.Equal(("eu-central-1", "eu-west-1"), (calls[0].Region, calls[1].Region));
        var sourceIdentity = calls[1].SourceIdentity ?? calls[0].SourceIdentity;
        Assert.Equal(("audit-fixed", 1800, "orders"), (calls[1].SessionName, calls[1].DurationSeconds, sourceIdentity));
    }

    [Fact]
    public async Task A_denied_hop_is_a_403_that_names_it()
    {
        await using var sidecar = await SidecarFixture.StartRealAsync(
            [.. Settings.NoReports, .. World(), .. Settings.Destination("denied", DefaultWorld.Denied)]);
        using var response = await sidecar.Client.GetAsync("/v1/credentials", TestContext.Current.CancellationToken);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);

        Assert.Equal(403, (int)response.StatusCode);
        var message = body.GetProperty("message").GetString();
        Assert.StartsWith(
            $"Cannot assume {DefaultWorld.Denied} (hop 1): STS does not allow it. Next try in ", message, StringComparison.Ordinal);

        // The operator reads STS's own words and both ARNs, in the log and in /status alike.
        var status = await sidecar.Health.GetFromJsonAsync<JsonElement>("/status", TestContext.Current.CancellationToken);
        var failure = status.GetProperty("destinations")[0].GetProperty("lastFailure");
        var line = Assert.Single(sidecar.Logs.Lines, line => line.Event.Id == 302).Text;
        Assert.All([line, failure.GetProperty("message").GetString()], (string? text) =>
            Assert.Matches(
                "STS said: User: arn:aws:sts::111122223333:assumed-role/orders-task/[0-9a-f]+ " +
                $"is not authorized to perform: sts:AssumeRole on resource: {DefaultWorld.Denied}",
                text));
        Assert.All([line, failure.GetProperty("advice").GetString()], (string? text) =>
            Assert.Contains($"\"Principal\":{{\"AWS\":\"{DefaultWorld.TaskRole}\"}}", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_later_hop_that_is_denied_within_an_account_shows_the_one_statement_with_the_hop_before_as_the_caller()
    {
        var reports = _emulator.World.FindRole(DefaultWorld.Reports)! with { Permissions = [new Permission(["sts:*"], ["*"])] };
        _emulator.World = _emulator.World.WithRole(new Role(DefaultWorld.Reader)).WithRole(reports);
        await using var sidecar = await SidecarFixture.StartRealAsync([
            .. Settings.NoReports,
            .. World(),
            .. Settings.Destination("audit", DefaultWorld.Reports, DefaultWorld.Reader),
            (Key("audit", 0, "ExternalId"), DefaultWorld.ExternalId)]);
        var cause = sidecar.Tree.Default!.Node.LastFailure!.Cause;

        Assert.StartsWith(
            $"Add this statement to the trust policy of {DefaultWorld.Reader}: " +
            $"{{\"Effect\":\"Allow\",\"Principal\":{{\"AWS\":\"{DefaultWorld.Reports}\"}}",
            cause.Advice,
            StringComparison.Ordinal);
        Assert.EndsWith("because no role trust policy allows the sts:AssumeRole action.", cause.ForOperator, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_that_has_only_just_started_is_waited_for_without_an_error()
    {
        _emulator.Faults.Add(new Fault(FaultTarget.Agent, FaultKind.Pending, Times: 1));
        await using var sidecar = await SidecarFixture.StartRealAsync([
            .. Settings.NoReports,
            .. World(),
            .. Settings.Destination("reports", DefaultWorld.Reports),
            (Key("reports", 0, "ExternalId"), DefaultWorld.ExternalId)]);
        await Eventually.HoldsAsync(() => sidecar.Logs.Lines.Any(line => line.Event.Id == 300), () => "No session was had.");

        Assert.Contains(
            "CredentialsUninitialized",
            Assert.Single(sidecar.Logs.Lines, line => line.Event.Id == 310).Text,
            StringComparison.Ordinal);
        Assert.DoesNotContain(sidecar.Logs.Lines, line => line.Event.Id is 301 or 302);
    }

    [Fact]
    public async Task A_hiccup_of_STS_is_ridden_out_within_the_attempt()
    {
        _emulator.Faults.Add(new Fault(FaultTarget.Sts, FaultKind.Reset, Times: 1));
        _emulator.Faults.Add(new Fault(FaultTarget.Sts, FaultKind.Throttle, Times: 1));
        await using var sidecar = await SidecarFixture.StartRealAsync([
            .. Settings.NoReports,
            .. World(),
            .. Settings.Destination("reports", DefaultWorld.Reports),
            (Key("reports", 0, "ExternalId"), DefaultWorld.ExternalId)]);

        Assert.Equal(3, _emulator.Calls.Sts.Count);
        Assert.Null(sidecar.Tree.Default!.Node.LastFailure);
    }

    [Fact]
    public async Task Task_metadata_tells_the_task_and_its_region()
    {
        using var reader = new EndpointReader();
        var metadata = new TaskMetadataReader(reader, TimeProvider.System, NullLogger<TaskMetadataReader>.Instance);
        var task = await metadata.ReadAsync(_emulator.MetadataUri, CancellationToken.None);

        Assert.Equal(("orders", "laptop", "eu-central-1"), (task.Family, task.Cluster, task.Region));
        Assert.EndsWith("/" + task.TaskId, task.TaskArn, StringComparison.Ordinal);
        Assert.Equal(32, task.TaskId!.Length);
    }

    [Fact]
    public async Task Without_a_region_set_the_tasks_own_is_used_and_the_session_is_named_after_the_task()
    {
        using var reader = new EndpointReader();
        var metadata = new TaskMetadataReader(reader, TimeProvider.System, NullLogger<TaskMetadataReader>.Instance);
        var task = await metadata.ReadAsync(_emulator.MetadataUri, CancellationToken.None);
        var settings = Settings.Load(("AWS_REGION", null), ("ECS_CONTAINER_METADATA_URI_V4", _emulator.MetadataUri.ToString()));
        var hop = settings.Chains(task)[0].Hops[0];

        Assert.Equal(("eu-central-1", $"credential-sidecar-{task.TaskId}"), (hop.Region, hop.SessionName));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(404)]
    public async Task Metadata_that_does_not_answer_costs_only_the_names(int status)
    {
        await using var metadata = RawServer.Http(status, "x");
        using var reader = new EndpointReader();
        var taskMetadata = new TaskMetadataReader(reader, TimeProvider.System, NullLogger<TaskMetadataReader>.Instance);
        Assert.Equal(TaskIdentity.Unknown, await taskMetadata.ReadAsync(metadata.Uri, CancellationToken.None));
    }

    private static string Key(string destination, int hop, string key) => $"SIDECAR_Destinations__{destination}__Hops__{hop}__{key}";

    private (string, string?)[] World() =>
    [
        ("SIDECAR_SOURCE_ENDPOINT", _emulator.AgentEndpoint.ToString()),
        ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", _emulator.RelativeUri),
        ("AWS_ENDPOINT_URL_STS", _emulator.StsEndpoint.ToString()),
    ];
}
