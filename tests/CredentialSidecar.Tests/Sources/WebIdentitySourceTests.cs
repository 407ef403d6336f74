using CredentialSidecar.Chains;
using CredentialSidecar.Emulator;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Sources;

/// <summary>A token in a file becomes a session, and a file without a token becomes a failure that says why.</summary>
public sealed class WebIdentitySourceTests : WebIdentityTest
{
    private static readonly Uri Nowhere = new("http://127.0.0.1:1/");

    [Fact]
    public async Task The_token_is_read_again_for_each_session()
    {
        var world = WorldFile.Parse(Tokens.World(DefaultWorld.Reports));
        await using var emulator = await EmulatorServer.StartAsync(
            new EmulatorOptions { World = world }, TimeProvider.System, TestContext.Current.CancellationToken);
        Write();
        var first = await ReadAsync(emulator.StsEndpoint);
        Write(Tokens.Sign(DateTimeOffset.UnixEpoch.AddDays(1)));
        var expired = await FailAsync(emulator.StsEndpoint);
        Write();
        var second = await ReadAsync(emulator.StsEndpoint);

        Assert.NotEqual(first.AccessKeyId, second.AccessKeyId);
        Assert.Equal((WebTokens.Role, null), (second.RoleArn, second.Lacking));
        Assert.InRange(second.Lifetime, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(61));
        Assert.Contains("the token has expired, at 1970-01-02T00:00:00Z; this clock shows 20", expired.Message, StringComparison.Ordinal);
        Assert.Contains("a projected volume", expired.Advice, StringComparison.Ordinal);
        Assert.All(emulator.Calls.Sts, call => Assert.Null(call.CallerArn));
        Assert.Equal("credential-sidecar", emulator.Calls.Sts[0].SessionName);
    }

    [Fact]
    public async Task A_missing_file_is_named_with_the_setting_that_names_it()
    {
        var failure = await FailAsync(Nowhere);

        Assert.Equal(CredentialFailure.SourceUnavailable, failure.Failure);
        Assert.Equal(
            $"The web identity token could not be read: SIDECAR_Source__TokenFile is \"{TokenFile}\", which does not exist.",
            failure.Message);
        Assert.Contains("eks.amazonaws.com/role-arn", failure.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData(" \n", "is empty")]
    [InlineData("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "does not hold a JSON web token")]
    [InlineData("a.b", "does not hold a JSON web token")]
    public async Task A_file_without_a_token_is_not_sent(string content, string problem)
    {
        await using var sts = RawServer.Http(200, "");
        Write(content);
        var failure = await FailAsync(sts.Uri);

        Assert.EndsWith($", which {problem}.", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wJalr", failure.ForOperator + failure.Advice, StringComparison.Ordinal);
        Assert.Equal(0, sts.Requests);
    }

    [Fact]
    public async Task A_file_that_is_too_large_or_unreadable_is_a_failure()
    {
        Write(new string('a', 20_001));
        Assert.EndsWith("which holds more than 20000 bytes.", (await FailAsync(Nowhere)).Message, StringComparison.Ordinal);

        File.Delete(TokenFile);
        Directory.CreateDirectory(TokenFile);
        Assert.EndsWith("which is a directory.", (await FailAsync(Nowhere)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_token_is_masked_in_every_text()
    {
        var (mask, token) = (Assuming.Mask(), Write());
        await Assert.ThrowsAsync<CredentialException>(() => ReadAsync(Nowhere, mask));

        // A piece of the signature, which no pattern would find.
        Assert.Equal("sent ***.", mask.Apply($"sent {token[^40..^20]}."));
    }

    [Theory]
    [InlineData("555566667777:assumed-role/orders-pod/credential-sidecar", "for another role")]
    [InlineData("111122223333:assumed-role/other/credential-sidecar", "for another role")]
    public async Task A_session_of_another_role_is_refused(string arn, string problem)
    {
        Write();
        await using var sts = RawServer.Http(200, RoleAssumerTest.Answer(arn: $"arn:aws:sts::{arn}")
            .Replace("AssumeRole", "AssumeRoleWithWebIdentity", StringComparison.Ordinal), "text/xml");

        Assert.EndsWith($": STS answered {problem}.", (await FailAsync(sts.Uri)).Message, StringComparison.Ordinal);
    }
}
