using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.Launcher;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Clients;

/// <summary>The AWS CLI with the launcher or the sidecar as its credential_process, beside a running sidecar.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class CredentialProcessTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("process-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("launcher", "credential-launch --get default")]
    [InlineData("sidecar", "credential-sidecar get default --format process")]
    public async Task A_profile_with_a_credential_process_acts_as_the_destination(string program, string command)
    {
        await using var emulator = await EmulatorProcess.StartAsync();
        await using var sidecar = await SidecarProcess.StartAsync(emulator, Role);
        await sidecar.ReadyAsync();
        var path = program == "launcher" ? await LauncherProgram.PathAsync() : Programs.Sidecar;
        var config = Path.Combine(_directory, "config");
        await File.WriteAllTextAsync(config, $"[profile reports]\ncredential_process = {Path.GetDirectoryName(path)}/{command}\n"
            + "region = eu-central-1\n", TestContext.Current.CancellationToken);

        var caller = await AwsCli.RunAsync(
            CleanEnvironment.With([.. Surroundings(sidecar), ("AWS_CONFIG_FILE", config), ("AWS_PROFILE", "reports")]),
            emulator.Sts, "sts", "get-caller-identity");

        Assert.True(caller.Code == 0, caller.ToString());
        Assert.StartsWith(
            "arn:aws:sts::555566667777:assumed-role/reports/", (string?)JsonNode.Parse(caller.Output)!["Arn"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_cli_uses_the_profile_and_the_variables_that_get_wrote()
    {
        await using var emulator = await EmulatorProcess.StartAsync();
        await using var sidecar = await SidecarProcess.StartAsync(emulator, Role);
        await sidecar.ReadyAsync();
        var file = Path.Combine(_directory, "credentials");
        var put = await Programs.SidecarAsync(
            ["get", "--format", "credentials-file", "--out", file, "--profile", "work"], Surroundings(sidecar));
        Assert.True(put.Code == 0, put.ToString());

        var byProfile = await AwsCli.RunAsync(
            CleanEnvironment.With(("AWS_SHARED_CREDENTIALS_FILE", file), ("AWS_PROFILE", "work"), ("AWS_DEFAULT_REGION", "eu-central-1"),
                ("AWS_CONFIG_FILE", "/nonexistent/config")),
            emulator.Sts, "sts", "get-caller-identity");
        await Installed.AwsCliAsync();
        var byShell = await ChildProcess.RunAsync("/bin/sh",
            ["-c", $"eval \"$('{Programs.Sidecar}' get --format env)\"; aws --endpoint-url "
                + $"'{emulator.Sts.GetLeftPart(UriPartial.Authority)}' "
                + "sts get-caller-identity --query Arn --output text"],
            CleanEnvironment.With([.. Surroundings(sidecar), ("AWS_DEFAULT_REGION", "eu-central-1"), ("AWS_CONFIG_FILE",
                "/nonexistent/config")]));

        Assert.Contains("assumed-role/reports/", byProfile.Output, StringComparison.Ordinal);
        Assert.Contains("assumed-role/reports/", byShell.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_launcher_waits_for_a_sidecar_that_starts_later_and_prints_nothing_else()
    {
        var launcher = await LauncherProgram.PathAsync();
        var ended = await ChildProcess.RunAsync(launcher, ["--get", "reports", "--port", "2", "--wait", "300ms"], CleanEnvironment.With());

        Assert.Equal((75, ""), (ended.Code, ended.Output));
        Assert.Contains("No credentials from http://127.0.0.1:2/v1/credentials/reports within "
            + "300ms", ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_user_who_took_the_port_is_sent_no_token()
    {
        Squatter.SkipUnlessPossible();
        var port = FreePort.Find();
        await using var squatter = await Squatter.StartAsync(port);
        const string token = "5f1c9e7a2b8d40365f1c9e7a2b8d4036";
        var environment = CleanEnvironment.With([.. Role, ("SIDECAR_PORT", $"{port}"), ("SIDECAR_TOKEN", token),
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/none"), ("AWS_REGION", "eu-central-1"),
            ("CREDENTIAL_LAUNCH_PORT", $"{port}"), ("CREDENTIAL_LAUNCH_TOKEN", token)]);

        var get = await ChildProcess.RunAsync(Programs.Sidecar, ["get"], environment);
        var launcher = await ChildProcess.RunAsync(await LauncherProgram.PathAsync(), ["--get"], environment);

        Assert.Equal((69, "", 77, ""), (get.Code, get.Output, launcher.Code, launcher.Output));
        Assert.StartsWith($"credential-sidecar: no session from 127.0.0.1:{port}: uid {Squatter.Uid} listens there; the token "
            + "was not sent.", get.Errors, StringComparison.Ordinal);
        Assert.Empty(squatter.Harvest);
    }

    [Fact]
    public async Task The_launcher_gets_a_session_beside_static_keys()
    {
        await using var emulator = await EmulatorProcess.StartAsync();
        await using var sidecar = await SidecarProcess.StartAsync(emulator, Role);
        await sidecar.ReadyAsync();
        var ended = await ChildProcess.RunAsync(await LauncherProgram.PathAsync(), ["--get"],
            CleanEnvironment.With([.. Surroundings(sidecar), ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"), ("AWS_PROFILE", "work")]));

        Assert.Equal((0, ""), (ended.Code, ended.Errors));
        var (served, session) = (JsonNode.Parse(ended.Output)!, (await sidecar.GetAsync("default")).Body);
        Assert.Equal((1, (string?)session["AccessKeyId"], (string?)session["SecretAccessKey"], (string?)session["Token"]),
            ((int)served["Version"]!, (string?)served["AccessKeyId"], (string?)served["SecretAccessKey"], (string?)served["SessionToken"]));
    }

    private static (string, string?)[] Role =>
        [("SIDECAR_ROLE_ARN", "arn:aws:iam::555566667777:role/reports"), ("SIDECAR_EXTERNAL_ID", "orders-7f3a")];

    /// <summary>What the launcher and the sidecar's commands need to find the sidecar.</summary>
    private static (string, string?)[] Surroundings(SidecarProcess sidecar) =>
    [
        .. Role,
        ("SIDECAR_PORT", $"{sidecar.Endpoint.Port}"),
        ("SIDECAR_TOKEN", sidecar.Token),
        ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/none"),
        ("AWS_REGION", "eu-central-1"),
        ("CREDENTIAL_LAUNCH_PORT", $"{sidecar.Endpoint.Port}"),
        ("CREDENTIAL_LAUNCH_TOKEN", sidecar.Token),
        ("CREDENTIAL_LAUNCH_SIDECAR_UID", "any"),
    ];
}
