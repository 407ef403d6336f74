using CredentialSidecar.Emulator.Worlds;
using Xunit;

namespace CredentialSidecar.Tests.Emulator;

public sealed class ChainTests : EmulatorTest
{
    private static readonly (string, string)[] Project = [("Tags.member.1.Key", "project"), ("Tags.member.1.Value", "orders")];
    private static readonly (string, string)[] TransitiveProject = [.. Project, ("TransitiveTagKeys.member.1", "project")];

    [Fact]
    public async Task A_transitive_tag_cannot_be_overridden_on_a_later_hop()
    {
        var reply = await Sts.AssumeRoleAsync(
            await AssumeReportsAsync(TransitiveProject),
            DefaultWorld.Reader,
            ("Tags.member.1.Key", "PROJECT"),
            ("Tags.member.1.Value", "mine"));

        Assert.Equal((400, "InvalidParameterValue"), (reply.Status, reply.Code));
        Assert.Contains("conflicts with a transitive tag key from the calling session", reply.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tag_that_is_not_transitive_ends_with_its_hop()
    {
        var reply = await Sts.AssumeRoleAsync(
            await AssumeReportsAsync(Project), DefaultWorld.Reader, ("Tags.member.1.Key", "project"), ("Tags.member.1.Value", "mine"));

        Assert.Equal(200, reply.Status);
    }

    [Fact]
    public async Task A_transitive_key_must_be_among_the_tags()
    {
        var reply = await Sts.AssumeRoleAsync(
            await ReadTaskRoleAsync(), DefaultWorld.Reader, [.. Project, ("TransitiveTagKeys.member.1", "other")]);

        Assert.Equal((400, "InvalidParameterValue"), (reply.Status, reply.Code));
        Assert.Equal("The specified transitive tag key must be included in the requested tags.", reply.Message);
    }

    [Fact]
    public async Task The_same_key_twice_is_refused_whatever_its_case()
    {
        var reply = await Sts.AssumeRoleAsync(
            await ReadTaskRoleAsync(), DefaultWorld.Reader, [.. Project, ("Tags.member.2.Key", "Project"), ("Tags.member.2.Value", "x")]);

        Assert.Equal((400, "InvalidParameterValue"), (reply.Status, reply.Code));
        Assert.Equal("Duplicate tag keys found. Please note that Tag keys are case insensitive.", reply.Message);
    }

    [Fact]
    public async Task Tags_need_permission_on_their_own_hop_and_inherited_ones_on_every_later_hop()
    {
        LetReaderBeOnlyAssumed();

        var first = await Sts.AssumeRoleAsync(await ReadTaskRoleAsync(), DefaultWorld.Reader, Project);
        var inherited = await Sts.AssumeRoleAsync(await AssumeReportsAsync(TransitiveProject), DefaultWorld.Reader);
        var untagged = await Sts.AssumeRoleAsync(await AssumeReportsAsync(Project), DefaultWorld.Reader);

        AssertDenied("sts:TagSession", first);
        AssertDenied("sts:TagSession", inherited);
        Assert.Equal(200, untagged.Status);
    }

    [Fact]
    public async Task Transitive_tags_of_the_task_role_need_permission_on_the_first_hop()
    {
        LetReaderBeOnlyAssumed();
        Server.World = Server.World with { TaskRoleTags = [new SessionTag("kubernetes-namespace", "orders", Transitive: true)] };

        var reply = await Sts.AssumeRoleAsync(await ReadTaskRoleAsync(), DefaultWorld.Reader);

        AssertDenied("sts:TagSession", reply);
    }

    [Fact]
    public async Task A_source_identity_is_inherited_and_cannot_change()
    {
        var keys = await AssumeReportsAsync(("SourceIdentity", "alice"));

        var inherited = await Sts.AssumeRoleAsync(keys, DefaultWorld.Reader);
        var repeated = await Sts.AssumeRoleAsync(keys, DefaultWorld.Reader, ("SourceIdentity", "alice"));
        var changed = await Sts.AssumeRoleAsync(keys, DefaultWorld.Reader, ("SourceIdentity", "mallory"));

        Assert.Equal(("alice", "alice"), (inherited["SourceIdentity"], repeated["SourceIdentity"]));
        Assert.Equal(400, changed.Status);
        Assert.Contains("already set", changed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_identity_needs_permission_on_its_own_hop_and_on_every_later_one()
    {
        LetReaderBeOnlyAssumed();

        var first = await Sts.AssumeRoleAsync(await ReadTaskRoleAsync(), DefaultWorld.Reader, ("SourceIdentity", "alice"));
        var inherited = await Sts.AssumeRoleAsync(await AssumeReportsAsync(("SourceIdentity", "alice")), DefaultWorld.Reader);

        AssertDenied("sts:SetSourceIdentity", first);
        AssertDenied("sts:SetSourceIdentity", inherited);
    }

    [Fact]
    public async Task A_session_expires_when_its_time_is_up()
    {
        var keys = await AssumeReportsAsync(("DurationSeconds", "900"));

        Clock.Advance(TimeSpan.FromSeconds(899));
        Assert.Equal(200, (await Sts.GetCallerIdentityAsync(keys)).Status);

        Clock.Advance(TimeSpan.FromSeconds(1));
        var reply = await Sts.AssumeRoleAsync(keys, DefaultWorld.Reader);
        Assert.Equal((403, "ExpiredToken"), (reply.Status, reply.Code));
        Assert.Equal("The security token included in the request is expired", reply.Message);
    }

    private static void AssertDenied(string action, StsReply reply)
    {
        Assert.Equal((403, "AccessDenied"), (reply.Status, reply.Code));
        Assert.Contains(
            $" is not authorized to perform: {action} on resource: {DefaultWorld.Reader}",
            reply.Message,
            StringComparison.Ordinal);
    }

    private void LetReaderBeOnlyAssumed() => Server.World = Server.World.WithRole(
        new Role(DefaultWorld.Reader, Trust: [new TrustStatement([DefaultWorld.TaskRole, DefaultWorld.Reports])]));
}
