using CredentialSidecar.Conformance.Clients;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Emulator.Worlds;

namespace CredentialSidecar.Conformance.Running;

/// <summary>A destination without hops, in the program: what an SDK gets of the task role, and which sources stop the start.</summary>
public sealed class SourceDestinationTests : IDisposable
{
    private const string Secret = "Qm4sT8vYz1Lk6Wd", Token = "Pn3rX7cFb9Hj2Ga";

    private readonly string _folder = Directory.CreateTempSubdirectory("source-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Boto3_acts_as_the_task_role_and_reads_it_once()
    {
        await using var emulator = await EmulatorProcess.StartAsync();
        await using var sidecar = await SidecarProcess.StartAsync(emulator, SourceDestination.Listed);
        await sidecar.ReadyAsync();

        var ended = await Boto3.IdentityAsync(
            TaskFixture.SiblingOf(sidecar, "task", emulator.Sts, ("AWS_CONTAINER_AUTHORIZATION_TOKEN", SourceDestination.App)), calls: 20);

        Assert.True(ended.Code == 0, ended.Errors);
        Assert.Contains("arn:aws:sts::111122223333:assumed-role/orders-task/", ended.Output, StringComparison.Ordinal);
        var calls = await emulator.CallsAsync();
        Assert.DoesNotContain(calls.Sts, call => call.Action == "AssumeRole");
        Assert.Single(calls.Agent, read => read.Path.Contains("credentials", StringComparison.Ordinal));
        Assert.Equal(403, (await sidecar.GetAsync("task")).Status);
    }

    [Theory]
    [InlineData(null, "a session token")]
    [InlineData("session", "an expiration")]
    public async Task Keys_of_the_environment_stop_the_start(string? session, string lacking)
    {
        var ended = await Programs.SidecarAsync(["serve"],
        [
            .. DefaultChain, ("AWS_ACCESS_KEY_ID", DefaultWorld.AccessKeyId),
            ("AWS_SECRET_ACCESS_KEY", DefaultWorld.SecretAccessKey), ("AWS_SESSION_TOKEN", session),
        ]);

        Assert.Equal((78, ""), (ended.Code, ended.Output));
        Assert.Contains(
            $"SIDECAR_Destinations__task__Hops is empty, but the source has credentials without {lacking}, which cannot be served;",
            ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_of_a_credential_process_is_served_with_its_own_expiration()
    {
        var (config, end) = (Path.Combine(_folder, "config"), DateTimeOffset.UtcNow.AddHours(2));
        var answer = $$"""
            {"Version":1,"AccessKeyId":"ASIAPROCESS","SecretAccessKey":"{{Secret}}",
             "SessionToken":"{{Token}}","Expiration":"{{end:yyyy-MM-ddTHH:mm:ssZ}}"}
            """;
        await File.WriteAllTextAsync(Path.Combine(_folder, "answer"), answer, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            config, $"[default]\ncredential_process = cat {_folder}/answer\n", TestContext.Current.CancellationToken);
        await using var emulator = await EmulatorProcess.StartAsync();
        await using var sidecar = await SidecarProcess.StartAsync(emulator,
        [
            .. DefaultChain, ("AWS_CONFIG_FILE", config), ("SIDECAR_SOURCE_ENDPOINT", null),
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", null), ("ECS_CONTAINER_METADATA_URI_V4", null),
        ]);
        await sidecar.ReadyAsync();
        using var http = new HttpClient();
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", SourceDestination.App);

        var body = await http.GetStringAsync(new Uri(sidecar.Endpoint, "v1/credentials/task"), TestContext.Current.CancellationToken);

        // The SDK takes a minute off the end that it was given.
        var shown = $"{end.AddMinutes(-1):yyyy-MM-ddTHH:mm:ssZ}";
        Assert.Equal($$"""
            {"AccessKeyId":"ASIAPROCESS","SecretAccessKey":"{{Secret}}","Token":"{{Token}}","Expiration":"{{shown}}"}
            """, body);
    }

    private static (string, string?)[] DefaultChain { get; } =
    [
        .. SourceDestination.Listed, ("SIDECAR_Source__Kind", "Default"), ("SIDECAR_PORT", "0"), ("SIDECAR_HEALTH_PORT", "0"),
        ("AWS_EC2_METADATA_DISABLED", "true"), ("AWS_CONFIG_FILE", "/nonexistent/config"),
        ("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials"),
    ];
}
