using System.Net;
using System.Text.Json.Nodes;
using CredentialSidecar.Caching;
using CredentialSidecar.Chains;
using CredentialSidecar.Refreshing;
using CredentialSidecar.Testing;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace CredentialSidecar.Tests.Hosting;

/// <summary>Random reloads, source rotations and STS faults in virtual time: what never happens, in any order.</summary>
public sealed class ReloadPropertyTests
{
    private static readonly string[] Names = ["a", "b", "c", "d"];
    private static readonly string[] Roles = ["one", "two", "three"];

    [Fact]
    public void No_sequence_of_reloads_and_faults_serves_a_wrong_or_expired_session_or_loses_a_live_one() => Prop
        .ForAll(Gen.Choose(0, int.MaxValue - 1).ListOf(30).ToArbitrary(), steps => RunAsync(steps).GetAwaiter().GetResult())
        .Check(CredentialSidecar.Tests.Property.Costly(2));

    private static async Task RunAsync(IEnumerable<int> steps)
    {
        using var file = new ReloadFile("a");
        await using var sidecar = await SidecarFixture.StartReloadableAsync(file.Path);
        var model = new Dictionary<string, string[]> { ["a"] = ["a"] };
        var failing = new HashSet<string>();
        sidecar.Sts.FailWhen = call =>
            failing.Contains(call.Hop.Role.Name) ? new CredentialException(CredentialFailure.Denied, "Denied.") : null;

        foreach (var step in steps)
        {
            var (name, role, argument) = (Names[step / 8 % 4], Roles[step / 32 % 3], step / 96);
            var held = NodesOf(sidecar.Tree);

            switch (step % 8)
            {
                case 0 or 1:
                    model[name] = argument % 2 == 0 ? [role] : ["hub", role];
                    await ReloadAsync(sidecar, file, model, isWrong: false);
                    AssertKept(sidecar.Tree, held);
                    break;
                case 2 when model.Count > 1:
                    model.Remove(name);
                    await ReloadAsync(sidecar, file, model, isWrong: false);
                    AssertKept(sidecar.Tree, held);
                    break;
                case 3:
                    await ReloadAsync(sidecar, file, model, isWrong: true);
                    AssertKept(sidecar.Tree, held);
                    Assert.Equal(held.Keys.Order(), NodesOf(sidecar.Tree).Keys.Order());
                    await ReloadAsync(sidecar, file, model, isWrong: false);
                    break;
                case 4:
                    _ = failing.Remove(role) || failing.Add(role);
                    break;
                case 5:
                    sidecar.Sts.Distrusted.Clear();
                    sidecar.Sts.SourceFailsWhen = () =>
                        argument % 3 == 0 ? new CredentialException(CredentialFailure.SourceUnavailable, "Away.") : null;
                    break;
                default:
                    await sidecar.AdvanceAsync(TimeSpan.FromMinutes(argument % 90));
                    break;
            }

            await sidecar.SettleAsync();
            await AssertServedAsync(sidecar, model);
        }
    }

    private static async Task ReloadAsync(SidecarFixture sidecar, ReloadFile file, Dictionary<string, string[]> model, bool isWrong)
    {
        var destinations = new JsonObject();

        foreach (var (name, roles) in model)
        {
            destinations[name] = new JsonObject
            {
                ["Hops"] =
                    new JsonArray([.. roles.Select(role => new JsonObject { ["RoleArn"] = isWrong ? "none" : ReloadFile.RoleOf(role) })]),
            };
        }

        file.With("Destinations", destinations).Save();
        Assert.Equal(isWrong, (await sidecar.ReloadAsync()).Mistakes.Count > 0);
    }

    /// <summary>A node of the same hops is the same one, with its session.</summary>
    private static void AssertKept(SessionTree tree, Dictionary<string, (SessionNode Node, Session? Latest)> held)
    {
        foreach (var (hops, now) in NodesOf(tree).Where(node => held.ContainsKey(node.Key)))
        {
            Assert.Same(held[hops].Node, now.Node);
            Assert.True(held[hops].Latest is null || now.Latest is not null);
        }
    }

    private static Dictionary<string, (SessionNode Node, Session? Latest)> NodesOf(SessionTree tree) =>
        tree.Nodes.ToDictionary(HopsOf, node => (node, node.Latest));

    private static string HopsOf(SessionNode node) => $"{(node.Parent is { } parent ? HopsOf(parent) : "")}/{node.Role!.Name}";

    private static async Task AssertServedAsync(SidecarFixture sidecar, Dictionary<string, string[]> model)
    {
        Assert.Equal(model.Keys.Order(), sidecar.Tree.Destinations.Select(destination => destination.Name).Order());
        Assert.Equal(model.Count, sidecar.Services.GetRequiredService<SessionRefresher>().Loops);

        foreach (var name in Names)
        {
            using var answer = await sidecar.Client.GetAsync(new Uri($"/v1/credentials/{name}", UriKind.Relative));

            if (!model.TryGetValue(name, out var roles))
            {
                Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            }
            else if (answer.IsSuccessStatusCode)
            {
                var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
                Assert.Equal(ReloadFile.RoleOf(roles[^1]), (string?)body["RoleArn"]);
                Assert.Equal(ReloadFile.RoleOf(roles[^1]), sidecar.Sts.Issued((string)body["Token"]!));
                Assert.True(DateTimeOffset.Parse((string)body["Expiration"]!, null) > sidecar.Clock.GetUtcNow());
            }
            else
            {
                Assert.NotNull(sidecar.Tree.Find(name)!.Node.LastFailure);
            }
        }
    }
}
