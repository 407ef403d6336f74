using CredentialSidecar.Emulator.Worlds;
using Xunit;

namespace CredentialSidecar.Tests.Emulator;

public sealed class TrustTests : EmulatorTest
{
    private const string AuditAccountRoot = "arn:aws:iam::111122223333:root";

    [Fact]
    public async Task The_right_external_id_opens_the_role()
    {
        var reply = await Sts.AssumeRoleAsync(await ReadTaskRoleAsync(), DefaultWorld.Reports, ("ExternalId", DefaultWorld.ExternalId));

        Assert.Equal(200, reply.Status);
        Assert.Equal("arn:aws:sts::555566667777:assumed-role/reports/orders-1", reply["Arn"]);
        Assert.Matches("^AROA[A-Z2-7]{17}:orders-1$", reply["AssumedRoleId"]);
        Assert.Equal("2026-01-01T01:00:00Z", reply["Expiration"]);
        Assert.Equal(reply["Arn"], (await Sts.GetCallerIdentityAsync(reply.Keys))["Arn"]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("orders-0000")]
    public async Task A_missing_or_wrong_external_id_is_denied_in_the_words_of_sts(string? externalId)
    {
        var keys = await ReadTaskRoleAsync();
        var caller = (await Sts.GetCallerIdentityAsync(keys))["Arn"];

        var reply = await Sts.AssumeRoleAsync(keys, DefaultWorld.Reports, externalId is null ? [] : [("ExternalId", externalId)]);

        Assert.Equal((403, "AccessDenied"), (reply.Status, reply.Code));
        Assert.Equal($"User: {caller} is not authorized to perform: sts:AssumeRole on resource: {DefaultWorld.Reports}", reply.Message);
    }

    [Theory]
    [InlineData(DefaultWorld.Denied)]
    [InlineData("arn:aws:iam::555566667777:role/nobody-made-it")]
    [InlineData("arn:aws:iam::555566667777:role/reader")]
    public async Task A_role_that_trusts_nobody_or_does_not_exist_is_denied(string roleArn) =>
        Assert.Equal("AccessDenied", (await Sts.AssumeRoleAsync(await ReadTaskRoleAsync(), roleArn)).Code);

    [Fact]
    public async Task A_session_of_a_role_with_a_path_is_named_without_it()
    {
        var reply = await Sts.AssumeRoleAsync(await ReadTaskRoleAsync(), DefaultWorld.Reader);

        Assert.Equal("arn:aws:sts::555566667777:assumed-role/reader/orders-1", reply["Arn"]);
    }

    [Fact]
    public async Task Two_hops_lead_to_the_reader()
    {
        var reply = await Sts.AssumeRoleAsync(await AssumeReportsAsync(), DefaultWorld.Reader);

        Assert.Equal(200, reply.Status);
        Assert.Equal("arn:aws:sts::555566667777:assumed-role/reports/orders-1", Server.Calls.Sts[^1].CallerArn);
    }

    [Fact]
    public async Task Across_accounts_the_callers_own_policies_must_agree()
    {
        Server.World = Server.World.WithRole(Server.World.FindRole(DefaultWorld.TaskRole)! with { Permissions = [] });

        Assert.Equal("AccessDenied", (await Sts.AssumeRoleAsync(await ReadTaskRoleAsync(), DefaultWorld.Reader)).Code);
    }

    [Theory]
    [InlineData("role trust policy")]
    [InlineData("identity-based policy")]
    [InlineData("session policy")]
    public async Task Within_an_account_STS_names_the_kind_of_policy(string kind)
    {
        var statement = kind == "role trust policy" ? DefaultWorld.TaskRole : "555566667777";
        Server.World = Server.World
            .WithRole(new Role(DefaultWorld.Reader, Trust: [new TrustStatement([statement])]))
            .WithRole(Server.World.FindRole(DefaultWorld.Reports)! with
            {
                Permissions = kind == "identity-based policy" ? [] : [new Permission(["sts:*"], ["*"])],
            });
        const string OnlyS3 = """{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}""";
        var keys = await AssumeReportsAsync(kind == "session policy" ? [("Policy", OnlyS3)] : []);

        var reply = await Sts.AssumeRoleAsync(keys, DefaultWorld.Reader);

        Assert.Equal(
            "User: arn:aws:sts::555566667777:assumed-role/reports/orders-1 is not authorized to perform: "
            + $"sts:AssumeRole on resource: {DefaultWorld.Reader} "
            + $"because no {kind} allows the sts:AssumeRole action", reply.Message);
    }

    [Fact]
    public async Task Within_an_account_a_trust_policy_that_names_the_caller_is_enough()
    {
        Server.World = Server.World.WithRole(Server.World.FindRole(DefaultWorld.Reports)! with { Permissions = [] });

        Assert.Equal(200, (await Sts.AssumeRoleAsync(await AssumeReportsAsync(), DefaultWorld.Reader)).Status);
    }

    [Theory]
    [InlineData(AuditAccountRoot, true, 200)]
    [InlineData("111122223333", true, 200)]
    [InlineData(AuditAccountRoot, false, 403)]
    [InlineData("arn:aws:iam::999999999999:root", true, 403)]
    [InlineData("*", true, 200)]
    public async Task An_account_as_principal_leaves_the_choice_to_that_account(string principal, bool permitted, int status)
    {
        const string Neighbour = "arn:aws:iam::111122223333:role/neighbour";
        Server.World = Server.World
            .WithRole(new Role(Neighbour, Trust: [new TrustStatement([principal])]))
            .WithRole(Server.World.FindRole(DefaultWorld.TaskRole)! with
            {
                Permissions = permitted ? [new Permission(["sts:*"], ["arn:aws:iam::111122223333:role/n*"])] : [],
            });

        Assert.Equal(status, (await Sts.AssumeRoleAsync(await ReadTaskRoleAsync(), Neighbour)).Status);
    }

    [Fact]
    public async Task A_trust_withdrawn_is_refused_from_the_next_call_on()
    {
        var keys = await ReadTaskRoleAsync();
        Assert.Equal(200, (await Sts.AssumeRoleAsync(keys, DefaultWorld.Reader)).Status);

        Server.World = Server.World.WithRole(new Role(DefaultWorld.Reader));

        Assert.Equal(403, (await Sts.AssumeRoleAsync(keys, DefaultWorld.Reader)).Status);
    }

    [Fact]
    public void A_world_that_contradicts_itself_is_refused() =>
        Assert.Throws<WorldException>(() => Server.World = Server.World with { TaskRole = "nobody" });

    [Theory]
    [InlineData("""{"Statement":{"Effect":"Allow","Action":"sts:*","Resource":"*"}}""", 200)]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}""", 403)]
    [InlineData(
        """{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},""" +
        """ {"Effect":"Deny","Action":["sts:AssumeRole"],"Resource":["*"]}]}""",
        403)]
    public async Task A_session_policy_narrows_what_the_session_may_assume(string policy, int status) =>
        Assert.Equal(status, (await Sts.AssumeRoleAsync(await AssumeReportsAsync(("Policy", policy)), DefaultWorld.Reader)).Status);

    [Fact]
    public async Task A_disabled_region_says_so()
    {
        Server.World = Server.World with { DisabledRegions = ["ap-east-1"] };
        var elsewhere = new SignedSts(Http, Server.StsEndpoint, Clock) { Region = "ap-east-1" };

        var reply = await elsewhere.AssumeRoleAsync(await ReadTaskRoleAsync(), DefaultWorld.Reader);

        Assert.Equal((403, "RegionDisabledException"), (reply.Status, reply.Code));
        Assert.StartsWith("STS is not activated in this region for account:111122223333.", reply.Message, StringComparison.Ordinal);
        Assert.Equal(200, (await Sts.AssumeRoleAsync(await ReadTaskRoleAsync(), DefaultWorld.Reader)).Status);
    }
}
