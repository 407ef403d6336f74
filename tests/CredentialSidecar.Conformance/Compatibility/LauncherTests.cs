using CredentialSidecar.Conformance.InstanceMetadata;

namespace CredentialSidecar.Conformance.Compatibility;

/// <summary>The launcher starts the client, with RELATIVE_URI set as ECS sets it.</summary>
public sealed class LaunchedTests(NodeTask node) : LauncherArrangementTests(node), IClassFixture<NodeTask>
{
    internal override Arrangement Row => Arrangement.Launched;

    [Theory, MemberData(nameof(EveryClient))]
    public async Task The_client_acts_as_the_assumed_role_unless_it_reads_RELATIVE_URI_alone(string id)
    {
        var who = await SeeAsync(id);
        Assert.Equal(Catalogue.Find(id).RelativeOnly, who != "reports");
    }
}

/// <summary>One arrangement of the launcher's, on an instance whose metadata answers.</summary>
public abstract class LauncherArrangementTests(NodeTask node) : RingTests(node.Task)
{
    internal abstract Arrangement Row { get; }

    /// <summary>Runs it, and compares what it became with the document.</summary>
    internal async Task<string> SeeAsync(string id)
    {
        var client = Catalogue.Find(id);
        var words = await client.WordsAsync(1);

        var run = ClientRun.Of(await node.LaunchAsync(
            [.. Row.Flags, "--", .. words], [.. client.Environment, .. Row.Variables(Task, Task.Sidecar.Endpoint)]));

        var who = await RoleAsync(run);
        await Results.SawAsync(client, Row.Column, Row.Cell(who), Describe(run));
        return who;
    }
}
