using System.Globalization;
using CredentialSidecar.Emulator.Worlds;
using Xunit;

namespace CredentialSidecar.Tests.Emulator;

public sealed class AssumeRoleLimitTests : EmulatorTest
{
    [Fact]
    public async Task A_chained_session_lasts_an_hour_at_most()
    {
        var keys = await ReadTaskRoleAsync();

        var tooLong = await Sts.AssumeRoleAsync(keys, DefaultWorld.Reader, ("DurationSeconds", "3601"));
        var allowed = await Sts.AssumeRoleAsync(keys, DefaultWorld.Reader, ("DurationSeconds", "3600"));

        Assert.Equal((400, "ValidationError"), (tooLong.Status, tooLong.Code));
        Assert.Equal("The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining", tooLong.Message);
        Assert.Equal(200, allowed.Status);
    }

    [Fact]
    public async Task A_user_may_go_up_to_the_roles_own_maximum()
    {
        var allowed = await Sts.AssumeRoleAsync(Keys.Developer, DefaultWorld.TaskRole, ("DurationSeconds", "43200"));
        Assert.Equal("2026-01-01T12:00:00Z", allowed["Expiration"]);

        Server.World = Server.World.WithRole(Server.World.FindRole(DefaultWorld.TaskRole)! with { MaxSessionDurationSeconds = 7200 });
        var refused = await Sts.AssumeRoleAsync(Keys.Developer, DefaultWorld.TaskRole, ("DurationSeconds", "7201"));

        Assert.Equal((400, "ValidationError"), (refused.Status, refused.Code));
        Assert.Equal("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.", refused.Message);
    }

    [Fact]
    public async Task Fifteen_minutes_are_the_least()
    {
        var keys = await ReadTaskRoleAsync();

        var tooShort = await Sts.AssumeRoleAsync(keys, DefaultWorld.Reader, ("DurationSeconds", "899"));
        var allowed = await Sts.AssumeRoleAsync(keys, DefaultWorld.Reader, ("DurationSeconds", "900"));

        Assert.Equal(
            "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: " +
            "Member must have value greater than or equal to 900",
            tooShort.Message);
        Assert.Equal("2026-01-01T00:15:00Z", allowed["Expiration"]);
    }

    [Theory]
    [InlineData(
        "RoleSessionName", "x", "'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2")]
    [InlineData(
        "RoleSessionName",
        "a b",
        @"'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*")]
    [InlineData(
        "RoleSessionName",
        "ordérs",
        @"'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*")]
    [InlineData("ExternalId", "x", "'externalId' failed to satisfy constraint: Member must have length greater than or equal to 2")]
    [InlineData(
        "ExternalId",
        "a#b",
        @"'externalId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@:\/-]*")]
    [InlineData(
        "SourceIdentity",
        "a/b",
        @"'sourceIdentity' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*")]
    [InlineData("RoleArn", "short", "'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20")]
    public async Task A_parameter_outside_its_limits_is_named(string name, string value, string message)
    {
        var parameters = new Dictionary<string, string>
        {
            ["Action"] = "AssumeRole",
            ["RoleArn"] = DefaultWorld.Reader,
            ["RoleSessionName"] = "orders-1",
            [name] = value,
        };

        var reply = await Sts.CallAsync(await ReadTaskRoleAsync(), [.. parameters.Select(pair => (pair.Key, pair.Value))]);

        Assert.Equal((400, "ValidationError"), (reply.Status, reply.Code));
        Assert.Equal($"1 validation error detected: Value '{value}' at {message}", reply.Message);
    }

    [Fact]
    public async Task Missing_parameters_are_all_named_at_once()
    {
        var reply = await Sts.CallAsync(await ReadTaskRoleAsync(), ("Action", "AssumeRole"));

        Assert.Equal(
            "2 validation errors detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be null; " +
            "Value null at 'roleSessionName' failed to satisfy constraint: Member must not be null",
            reply.Message);
    }

    [Theory]
    [InlineData("arn:aws:iam::5555666677778888:role/reports")]
    [InlineData("arn:aws:iam::555566667777:user/reports")]
    public async Task Something_other_than_a_role_arn_is_invalid(string arn)
    {
        var reply = await Sts.AssumeRoleAsync(await ReadTaskRoleAsync(), arn);

        Assert.Equal((400, "ValidationError", "Request ARN is invalid"), (reply.Status, reply.Code, reply.Message));
    }

    [Fact]
    public async Task Another_action_or_version_is_unknown()
    {
        var reply = await Sts.CallAsync(Keys.Developer, ("Action", "GetFederationToken"));

        Assert.Equal((400, "InvalidAction"), (reply.Status, reply.Code));
        Assert.Equal("Could not find operation GetFederationToken for version 2011-06-15", reply.Message);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"Statement":[{"Effect":"Perhaps","Action":"*","Resource":"*"}]}""")]
    public async Task A_session_policy_must_be_a_policy(string policy)
    {
        var reply = await Sts.AssumeRoleAsync(await ReadTaskRoleAsync(), DefaultWorld.Reader, ("Policy", policy));

        Assert.Equal((400, "MalformedPolicyDocument"), (reply.Status, reply.Code));
    }

    [Fact]
    public async Task Policy_and_tags_are_packed_together_up_to_a_hundred_percent()
    {
        var keys = await ReadTaskRoleAsync();
        var eight = Enumerable.Range(1, 8).SelectMany(number => Tag(number, $"k{number}", new string('v', 250))).ToArray();
        var nine = Enumerable.Range(1, 9).SelectMany(number => Tag(number, $"k{number}", new string('v', 250))).ToArray();

        var fits = await Sts.AssumeRoleAsync(keys, DefaultWorld.Reader, eight);
        var bursts = await Sts.AssumeRoleAsync(keys, DefaultWorld.Reader, nine);
        var none = await Sts.AssumeRoleAsync(keys, DefaultWorld.Reader);

        Assert.Equal((200, "99"), (fits.Status, fits["PackedPolicySize"]));
        Assert.Equal((400, "PackedPolicyTooLarge"), (bursts.Status, bursts.Code));
        Assert.Null(none["PackedPolicySize"]);
    }

    [Theory]
    [InlineData(128, 256, 50, 200)]
    [InlineData(129, 1, 1, 400)]
    [InlineData(1, 257, 1, 400)]
    [InlineData(1, 1, 51, 400)]
    public async Task Tags_have_limits_in_number_and_length(int keyLength, int valueLength, int count, int status)
    {
        // Only the first tag is long, or the packed size would refuse before the limit does.
        var tags = Enumerable.Range(1, count).SelectMany(number => number == 1
            ? Tag(number, new string('k', keyLength), new string('v', valueLength))
            : Tag(number, $"t{number}", "v"));

        var reply = await Sts.AssumeRoleAsync(await ReadTaskRoleAsync(), DefaultWorld.Reader, [.. tags]);

        Assert.Equal(status, reply.Status);
        Assert.Equal(status == 200 ? null : "ValidationError", reply.Code);
    }

    private static IEnumerable<(string Name, string Value)> Tag(int number, string key, string value)
    {
        var prefix = string.Create(CultureInfo.InvariantCulture, $"Tags.member.{number}");
        return [($"{prefix}.Key", key), ($"{prefix}.Value", value)];
    }
}
