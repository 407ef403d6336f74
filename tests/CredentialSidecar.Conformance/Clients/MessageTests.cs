using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Clients;

/// <summary>The error that a person sees. botocore prints the sidecar's answer unchanged.</summary>
public abstract class MessageTests(TaskFixture task) : IClassFixture<TaskFixture>
{
    [Fact]
    public async Task R9_401_A_wrong_token_names_the_variables_to_compare() => AssertSays(
        await AskAsync(task.Sibling("reports", null, ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "wrong"))),
        "401", "\"Unauthorized\"",
        "Compare AWS_CONTAINER_AUTHORIZATION_TOKEN(_FILE) in this container with SIDECAR_TOKEN(_FILE) in the sidecar.");

    [Fact]
    public async Task R9_400_An_unknown_destination_names_the_setting_to_check() => AssertSays(
        await AskAsync(task.Sibling("raports")),
        "400", "\"InvalidIdInRequest\"",
        "The sidecar has no destination with that name. Check AWS_CONTAINER_CREDENTIALS_FULL_URI and the sidecar's Destinations.");

    [Fact]
    public async Task R9_403_A_role_that_is_denied_is_named() => AssertSays(
        await AskAsync(task.Sibling("denied")),
        "403", "\"AccessDenied\"", $"Cannot assume {DefaultWorld.Denied} (hop 1): STS does not allow it.");

    [Fact]
    public async Task R9_503_An_STS_that_is_down_is_told_from_a_role_that_is_denied()
    {
        await using var cutOff = await SidecarProcess.StartAsync(task.Emulator,
            ("SIDECAR_CONFIG", TaskFixture.Destinations), ("AWS_ENDPOINT_URL_STS", $"http://127.0.0.1:{FreePort.Find()}"));

        AssertSays(
            await AskAsync(TaskFixture.SiblingOf(cutOff, "reports", task.Emulator.Sts)),
            "503", "\"CredentialsUnavailable\"",
            $"Cannot assume {DefaultWorld.Reports} (",
            "STS could not be reached: the connection to 127.0.0.1:",
            " failed: Connection refused.",
            "Next try in ");
    }

    internal abstract Task<ChildProcess.Ended> AskAsync(IReadOnlyDictionary<string, string?> environment);

    private static void AssertSays(ChildProcess.Ended ended, params string[] parts)
    {
        Assert.NotEqual(0, ended.Code);
        Assert.All(parts, part =>
            Assert.True(ended.Errors.Contains(part, StringComparison.Ordinal), $"It does not say '{part}': {ended}"));
    }
}

public sealed class Boto3MessageTests(TaskFixture task) : MessageTests(task)
{
    internal override Task<ChildProcess.Ended> AskAsync(IReadOnlyDictionary<string, string?> environment) =>
        Boto3.IdentityAsync(environment);
}

public sealed class AwsCliMessageTests(TaskFixture task) : MessageTests(task)
{
    internal override Task<ChildProcess.Ended> AskAsync(IReadOnlyDictionary<string, string?> environment) =>
        AwsCli.IdentityAsync(environment);
}
