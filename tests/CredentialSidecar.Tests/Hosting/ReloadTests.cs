using System.Net;
using System.Text.Json.Nodes;
using CredentialSidecar.Chains;
using CredentialSidecar.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Xunit;

namespace CredentialSidecar.Tests.Hosting;

/// <summary>What a reload changes, and what it leaves alone.</summary>
public sealed class ReloadTests
{
    [Fact]
    public async Task An_added_destination_is_served_and_the_others_keep_their_sessions()
    {
        using var file = new ReloadFile("reports");
        await using var sidecar = await SidecarFixture.StartReloadableAsync(file.Path);
        var before = await BodyOf(sidecar, "reports");
        var (node, calls) = (sidecar.Tree.Find("reports")!.Node, sidecar.Sts.Calls.Count);

        file.Set("audit", "audit").Save();
        var result = await sidecar.ReloadAsync();
        await sidecar.SettleAsync();

        Assert.Equal("Reloaded the configuration: added destination audit; 1 destination keeps its session.", result.Text);
        Assert.Contains(ReloadFile.RoleOf("audit"), await BodyOf(sidecar, "audit"), StringComparison.Ordinal);
        Assert.Equal(before, await BodyOf(sidecar, "reports"));
        Assert.Same(node, sidecar.Tree.Find("reports")!.Node);
        Assert.Equal(calls + 1, sidecar.Sts.Calls.Count);
        Assert.Single(sidecar.Logs.Lines, line => line.Event.Id == 800 && line.Text == result.Text);
    }

    [Fact]
    public async Task A_removed_destination_is_gone_and_its_session_is_erased()
    {
        using var file = new ReloadFile("reports", "audit");
        await using var sidecar = await SidecarFixture.StartReloadableAsync(file.Path);
        var gone = sidecar.Tree.Find("audit")!.Node;

        file.Remove("audit").Save();
        await sidecar.ReloadAsync();

        Assert.Equal(HttpStatusCode.BadRequest, await StatusOf(sidecar.Client, "/v1/credentials/audit"));
        Assert.NotNull(gone.Latest);
        await sidecar.AdvanceAsync(TimeSpan.FromSeconds(5));
        await Eventually.HoldsAsync(() => gone.Latest is null, () => "The session of the removed node was not erased.");

        var calls = sidecar.Sts.Calls.Count;
        await sidecar.AdvanceAsync(TimeSpan.FromHours(3));
        Assert.DoesNotContain(sidecar.Sts.Calls.Skip(calls), call => call.Hop.Role.Name == "audit");
    }

    [Fact]
    public async Task A_changed_destination_serves_its_new_role_and_never_the_former_one()
    {
        using var file = new ReloadFile("reports");
        await using var sidecar = await SidecarFixture.StartReloadableAsync(file.Path);

        file.Set("reports", "other").Save();
        await sidecar.ReloadAsync();

        Assert.Contains(ReloadFile.RoleOf("other"), await BodyOf(sidecar, "reports"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shared_first_hop_is_adopted()
    {
        using var file = new ReloadFile().Set("a", "hub", "a");
        file.Save();
        await using var sidecar = await SidecarFixture.StartReloadableAsync(file.Path);

        file.Set("b", "hub", "b").Save();
        await sidecar.ReloadAsync();
        await sidecar.SettleAsync();

        Assert.Single(sidecar.Sts.Calls, call => call.Hop.Role.Name == "hub");
        Assert.Same(sidecar.Tree.Find("a")!.Node.Parent, sidecar.Tree.Find("b")!.Node.Parent);
    }

    [Fact]
    public async Task A_wrong_configuration_changes_nothing_and_is_logged_once()
    {
        using var file = new ReloadFile("reports");
        await using var sidecar = await SidecarFixture.StartReloadableAsync(file.Path);
        var before = await BodyOf(sidecar, "reports");

        file.Write("""{ "Destinations": { "reports": { "Hops": [ { "RoleArn": "reports", "DurationSeconds": 5 } ] } } }""");
        var result = await sidecar.ReloadAsync();
        await sidecar.ReloadAsync();

        Assert.StartsWith("2 mistakes, so the former configuration is still served:\n  Destinations:reports:Hops:0:", result.Text,
            StringComparison.Ordinal);
        Assert.Equal(2, sidecar.Logs.Lines.Count(line => line.Event.Id == 802));
        Assert.Equal(before, await BodyOf(sidecar, "reports"));
        Assert.Equal(2, (await ConfigurationOf(sidecar))["mistakes"]!.AsArray().Count);

        file.Save();
        Assert.Equal("The configuration has not changed.", (await sidecar.ReloadAsync()).Text);
        Assert.Empty((await ConfigurationOf(sidecar))["mistakes"]!.AsArray());
    }

    [Fact]
    public async Task Settings_that_need_a_new_process_are_named_and_left()
    {
        using var file = new ReloadFile("reports");
        await using var sidecar = await SidecarFixture.StartReloadableAsync(file.Path);

        file.Set("audit", "audit").With("Drain", "9s").With("Passthrough", new JsonObject { ["Metadata"] = true }).Save();
        var result = await sidecar.ReloadAsync();

        Assert.EndsWith($"Drain in {file.Path}, Passthrough:Metadata in {file.Path} need a restart of the sidecar.", result.Text,
            StringComparison.Ordinal);
        Assert.Equal(2, (await ConfigurationOf(sidecar))["needRestart"]!.AsArray().Count);
        Assert.NotNull(sidecar.Tree.Find("audit"));
    }

    [Fact]
    public async Task The_log_level_changes_at_once()
    {
        using var file = new ReloadFile("reports");
        await using var sidecar = await SidecarFixture.StartReloadableAsync(file.Path);

        file.With("Logging", new JsonObject { ["Level"] = "Error" }).Save();
        await sidecar.ReloadAsync();

        var filters = sidecar.Services.GetRequiredService<IOptionsMonitor<LoggerFilterOptions>>();
        Assert.Contains(filters.CurrentValue.Rules, rule => rule is { CategoryName: "Microsoft", LogLevel: LogLevel.Error });
    }

    [Fact]
    public async Task A_lazy_destination_stays_idle()
    {
        using var file = new ReloadFile("reports");
        await using var sidecar = await SidecarFixture.StartReloadableAsync(file.Path);

        file.With("Destinations", JsonNode.Parse($$"""
            { "reports": { "Hops": [ { "RoleArn": "{{ReloadFile.RoleOf("reports")}}" } ] },
              "rare": { "Lazy": true, "Hops": [ { "RoleArn": "{{ReloadFile.RoleOf("rare")}}" } ] } }
            """)).Save();
        await sidecar.ReloadAsync();
        await sidecar.AdvanceAsync(TimeSpan.FromMinutes(5));

        Assert.DoesNotContain(sidecar.Sts.Calls, call => call.Hop.Role.Name == "rare");
        Assert.Contains(ReloadFile.RoleOf("rare"), await BodyOf(sidecar, "rare"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Healthz_stays_healthy_when_a_reload_adds_a_destination_that_fails()
    {
        using var file = new ReloadFile("reports");
        await using var sidecar = await SidecarFixture.StartReloadableAsync(file.Path);
        sidecar.Sts.FailWhen = call => call.Hop.Role.Name == "denied" ? new CredentialException(CredentialFailure.Denied, "Denied.") : null;

        file.Set("denied", "denied").Save();
        await sidecar.ReloadAsync();
        await sidecar.SettleAsync();

        Assert.Equal(HttpStatusCode.OK, await StatusOf(sidecar.Health, "/healthz"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusOf(sidecar.Health, "/readyz"));
    }

    private static Task<string> BodyOf(SidecarFixture sidecar, string destination) =>
        sidecar.Client.GetStringAsync($"/v1/credentials/{destination}");

    private static async Task<HttpStatusCode> StatusOf(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative));
        return answer.StatusCode;
    }

    private static async Task<JsonNode> ConfigurationOf(SidecarFixture sidecar) =>
        JsonNode.Parse(await sidecar.Health.GetStringAsync("/status"))!["configuration"]!;
}
