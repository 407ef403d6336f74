using System.Text.Json.Nodes;
using CredentialSidecar.Chains;
using CredentialSidecar.Refreshing;
using CredentialSidecar.Testing;
using CredentialSidecar.Tests.Commands;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace CredentialSidecar.Tests.Hosting;

/// <summary>Reloads while other work is under way, and what they tell the operator.</summary>
public sealed class ReloadMeanwhileTests
{
    [Fact]
    public async Task A_renewal_that_a_reload_overtakes_fails_with_a_reason()
    {
        using var file = new ReloadFile("a", "b");
        await using var sidecar = await SidecarFixture.StartReloadableAsync(file.Path);
        var isFirst = true;
        sidecar.Sts.FailWhen = _ =>
        {
            if (isFirst)
            {
                isFirst = false;
                file.Set("a", "other").Save();
                sidecar.ReloadAsync().GetAwaiter().GetResult();
            }

            return ScriptedSts.Denied();
        };

        var renewed = await sidecar.Services.GetRequiredService<RenewalOnDemand>().RunAsync(null, TestContext.Current.CancellationToken);

        Assert.All(renewed!, one => Assert.NotNull(one.Failure));
        Assert.Equal(2, renewed!.Count);
    }

    [Fact]
    public async Task A_session_that_was_erased_is_not_given_to_a_late_renewal()
    {
        using var file = new ReloadFile("a", "b");
        await using var sidecar = await SidecarFixture.StartReloadableAsync(file.Path);
        var gone = sidecar.Tree.Find("a")!.Node;
        var seen = gone.State;
        file.Remove("a").Save();
        await sidecar.ReloadAsync();
        gone.Erase();

        var failure = await Assert.ThrowsAsync<CredentialException>(() => gone.RenewAsync(seen, TestContext.Current.CancellationToken));
        Assert.EndsWith("is not used any more, because a reload changed the configuration.", failure.ForOperator, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Warnings_are_printed_at_each_reload_and_logged_once()
    {
        using var file = new ReloadFile("a");
        await using var sidecar = await SidecarFixture.StartReloadableAsync(file.Path);

        for (var i = 1; i <= 2; i++)
        {
            var hop = new JsonObject { ["RoleArn"] = ReloadFile.RoleOf("a"), ["DurationSeconds"] = 1500 };
            file.With("Destinations", new JsonObject { ["a"] = new JsonObject { ["Hops"] = new JsonArray(hop) } })
                .With("Refresh", new JsonObject { ["JitterFraction"] = 0.01 * i }).Save();
            Assert.Contains("\nWarning: ", (await sidecar.ReloadAsync()).Text, StringComparison.Ordinal);
        }

        Assert.Single(sidecar.Logs.Lines, line => line.Event.Id == 101);
    }

    [Fact]
    public async Task Status_shows_mistakes_and_keys_that_need_a_restart()
    {
        var directory = Directory.CreateTempSubdirectory("status-").FullName;
        using var file = new ReloadFile("a");
        await using (var sidecar = await SidecarFixture.StartReloadableAsync(file.Path, ("SIDECAR_Control__Directory", directory)))
        {
            file.With("Drain", "7s").Save();
            var needed = await sidecar.ReloadAsync();
            Assert.StartsWith("Nothing that a reload can change has changed; ", needed.Text, StringComparison.Ordinal);
            Assert.Contains("\n\nNew values that need a restart of the sidecar: ", await TableAsync(), StringComparison.Ordinal);

            file.Write("{ broken");
            await sidecar.ReloadAsync();
            Assert.Contains("\n\nThe configuration has mistakes now, so the former one is served:\n  ", await TableAsync(),
                StringComparison.Ordinal);
        }

        Directory.Delete(directory, recursive: true);

        async Task<string> TableAsync() => (await ControlRun.RunAsync("status", null, ("SIDECAR_Control__Directory", directory))).Output;
    }

    [Fact]
    public async Task A_destination_that_only_becomes_lazy_keeps_its_session_and_the_reload_says_so()
    {
        using var file = new ReloadFile("a");
        await using var sidecar = await SidecarFixture.StartReloadableAsync(file.Path);
        file.With("Destinations", new JsonObject
        {
            ["a"] = new JsonObject { ["Lazy"] = true, ["Hops"] = new JsonArray(new JsonObject { ["RoleArn"] = ReloadFile.RoleOf("a") }) },
        }).Save();

        var result = await sidecar.ReloadAsync();
        Assert.Equal("Reloaded the configuration: changed destination a; 1 destination keeps its session.", result.Text);
    }
}
