using System.Diagnostics;
using System.Text.Json;
using CredentialSidecar.Emulator;
using CredentialSidecar.Emulator.Worlds;
using Xunit;

namespace CredentialSidecar.Conformance;

/// <summary>The AWS CLI against the emulator: a client and a signer from outside this project.</summary>
public sealed class EmulatorCliTests : IAsyncLifetime
{
    private EmulatorServer _emulator = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(IsInstalled("aws"), "the AWS CLI is not installed: apt-get install -y --no-install-recommends awscli");
        _emulator = await EmulatorServer.StartAsync(new EmulatorOptions(), TimeProvider.System, TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => _emulator?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task The_cli_as_a_user_is_told_who_it_is()
    {
        var (output, _) = await RunAsync(Developer(), "sts", "get-caller-identity");

        Assert.Equal(DefaultWorld.Developer, Text(output, "Arn"));
    }

    [Fact]
    public async Task The_cli_with_a_wrong_secret_is_told_that_the_signature_does_not_match()
    {
        var (_, error) = await RunAsync(Developer() with { Secret = "wrong" }, "sts", "get-caller-identity");

        Assert.Contains("(SignatureDoesNotMatch) when calling the GetCallerIdentity operation", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_cli_reads_the_task_role_from_the_agent_and_walks_two_hops()
    {
        var first = await AssumeAsync(
            new Credentials(), DefaultWorld.Reports, "--external-id", DefaultWorld.ExternalId, "--tags", "Key=team,Value=a b");
        var second = await AssumeAsync(first, DefaultWorld.Reader);
        var (output, _) = await RunAsync(second, "sts", "get-caller-identity");

        Assert.Equal("arn:aws:sts::555566667777:assumed-role/reader/orders-1", Text(output, "Arn"));
        Assert.Matches("^arn:aws:sts::111122223333:assumed-role/orders-task/[0-9a-f]{32}$", _emulator.Calls.Sts[0].CallerArn);
        Assert.Equal("/v2/credentials", Assert.Single(_emulator.Calls.Agent).Path);
    }

    [Fact]
    public async Task The_cli_hears_of_the_one_hour_cap()
    {
        var (_, error) = await RunAsync(
            new Credentials(),
            "sts", "assume-role", "--role-arn", DefaultWorld.Reader, "--role-session-name", "orders-1", "--duration-seconds", "7200");

        Assert.Contains(
            "(ValidationError) when calling the AssumeRole operation: " +
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
            error,
            StringComparison.Ordinal);
    }

    private static Credentials Developer() => new(DefaultWorld.AccessKeyId, DefaultWorld.SecretAccessKey);

    private async Task<Credentials> AssumeAsync(Credentials credentials, string roleArn, params string[] more)
    {
        var (output, error) = await RunAsync(
            credentials, ["sts", "assume-role", "--role-arn", roleArn, "--role-session-name", "orders-1", .. more]);
        Assert.Equal("", error);
        using var document = JsonDocument.Parse(output);
        var told = document.RootElement.GetProperty("Credentials");
        return new Credentials(
            told.GetProperty("AccessKeyId").GetString(),
            told.GetProperty("SecretAccessKey").GetString(),
            told.GetProperty("SessionToken").GetString());
    }

    /// <summary>Runs the CLI with an environment of its own; without credentials given, it asks the agent.</summary>
    private async Task<(string Output, string Error)> RunAsync(Credentials credentials, params string[] arguments)
    {
        var start = new ProcessStartInfo("aws", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("AWS_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["AWS_ENDPOINT_URL_STS"] = _emulator.StsEndpoint.ToString();
        start.Environment["AWS_DEFAULT_REGION"] = "eu-central-1";
        start.Environment["AWS_EC2_METADATA_DISABLED"] = "true";
        start.Environment["AWS_CONFIG_FILE"] = "/dev/null";
        start.Environment["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null";
        start.Environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = _emulator.CredentialsUri.ToString();
        start.Environment["NO_PROXY"] = "127.0.0.1";
        SetIfGiven("AWS_ACCESS_KEY_ID", credentials.AccessKeyId);
        SetIfGiven("AWS_SECRET_ACCESS_KEY", credentials.Secret);
        SetIfGiven("AWS_SESSION_TOKEN", credentials.Token);

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (await output, await error);

        void SetIfGiven(string name, string? value)
        {
            if (value is not null)
            {
                start.Environment[name] = value;
            }
        }
    }

    private static string? Text(string json, string name)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty(name).GetString();
    }

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, program)));

    private sealed record Credentials(string? AccessKeyId = null, string? Secret = null, string? Token = null);
}
