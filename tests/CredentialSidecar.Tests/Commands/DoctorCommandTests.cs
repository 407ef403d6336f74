using System.Text.Json;
using CredentialSidecar.Commands.Doctor;
using CredentialSidecar.Emulator;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Commands;

/// <summary>The doctor against the emulator: what it sees, what it advises, and how it ends.</summary>
public sealed class DoctorCommandTests : IAsyncLifetime
{
    private readonly string _noProcesses = Directory.CreateTempSubdirectory("proc-").FullName;
    private EmulatorServer _emulator = null!;
    private Uri _instanceMetadata = new("http://127.0.0.1:1/");

    public async ValueTask InitializeAsync() =>
        _emulator = await EmulatorServer.StartAsync(new EmulatorOptions(), TimeProvider.System, CancellationToken.None);

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_noProcesses);
        return _emulator.DisposeAsync();
    }

    [Fact]
    public async Task Where_all_is_well_every_hop_passes_and_nothing_fails()
    {
        var (code, lines) = await RunAsync(
            [
                .. Settings.Destination("audit", DefaultWorld.Reports, DefaultWorld.Reader),
                ("SIDECAR_Destinations__audit__Hops__0__ExternalId", DefaultWorld.ExternalId),
            ]);

        Assert.Equal(0, code);
        Assert.All(
            ["configuration", "source", "audit, hop 1", "audit, hop 2", "clock", "token"],
            (string check) => Assert.Equal("Pass", VerdictOf(lines, check)));
        Assert.Contains(DefaultWorld.TaskRole, TextOf(lines, "source"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_denied_hop_fails_with_the_statements_to_add_and_later_hops_are_not_tried()
    {
        var (code, lines) = await RunAsync([.. Settings.Destination("denied", DefaultWorld.Denied, DefaultWorld.Reader)]);

        Assert.Equal(1, code);
        Assert.Equal("Fail", VerdictOf(lines, "denied, hop 1"));
        var denied = lines.Single(line => line.GetProperty("check").GetString() == "denied, hop 1");
        Assert.Contains("\"sts:AssumeRole\"", denied.GetProperty("remedy").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(lines, line => line.GetProperty("check").GetString() == "denied, hop 2");
    }

    [Theory]
    [InlineData(200, "Server: EC2ws\r\n", "x", true)]
    [InlineData(200, "X-Aws-Ec2-Metadata-Token-Ttl-Seconds: 1\r\n", "x", true)]
    [InlineData(200, "", "ami-id\ninstance-id\n", true)]
    [InlineData(200, "Metadata-Flavor: Google\r\n", "instance/\n", false)]
    [InlineData(401, "Server: EC2ws\r\n", "", false)]
    public async Task Instance_metadata_that_can_be_reached_fails_with_the_remedy_of_the_network_mode(
        int status, string headers, string body, bool isEc2)
    {
        await using var node = RawServer.Http(status, body, "text/plain", headers);
        _instanceMetadata = node.Uri;
        var (code, lines) = await RunAsync([.. Reports, ("ECS_CONTAINER_METADATA_URI_V4", _emulator.MetadataUri.ToString())]);

        Assert.Equal((isEc2 ? 1 : 0, isEc2 ? "Fail" : "Pass"), (code, VerdictOf(lines, "instance metadata")));
        Assert.Equal(2, node.Requests);
        var remedies = lines.Select(line => line.GetProperty("remedy").GetString());
        const string Remedy = "ECS_AWSVPC_BLOCK_IMDS=true in the ECS";
        Assert.Equal(isEc2, remedies.Any(remedy => remedy?.Contains(Remedy, StringComparison.Ordinal) == true));
    }

    [Theory]
    [InlineData("bridge", false, "DOCKER-USER")]
    [InlineData("host", false, "no switch")]
    [InlineData(null, true, "HttpTokens=required")]
    [InlineData(null, false, "intercept up --block-imds")]
    public void The_remedy_depends_on_the_network_mode(string? mode, bool isKubernetes, string remedy) =>
        Assert.Contains(remedy, MetadataRemedy.For(mode, isKubernetes), StringComparison.Ordinal);

    [Fact]
    public async Task A_source_that_does_not_answer_fails()
    {
        var (code, lines) = await RunAsync(
            [.. Settings.Destination("reports", DefaultWorld.Reports), ("SIDECAR_SOURCE_ENDPOINT", "http://127.0.0.1:1")]);

        Assert.Equal((1, "Fail"), (code, VerdictOf(lines, "source")));
    }

    [Fact]
    public async Task A_region_that_only_absent_metadata_could_tell_fails_and_the_rest_is_looked_at_all_the_same()
    {
        var (code, lines) = await RunAsync(
            [.. Reports, ("AWS_REGION", null), ("ECS_CONTAINER_METADATA_URI_V4", "http://127.0.0.1:1/v4/x")]);

        Assert.Equal((1, "Fail", "Pass"), (code, VerdictOf(lines, "region"), VerdictOf(lines, "source")));
        Assert.StartsWith("only task metadata tells the region", TextOf(lines, "region"), StringComparison.Ordinal);
        Assert.Contains(lines, line => line.GetProperty("check").GetString() == "listener");
    }

    [Fact]
    public async Task Mistakes_in_the_configuration_are_its_lines()
    {
        var (code, lines) = await RunAsync([("SIDECAR_TOKEN", null)]);

        Assert.Equal(1, code);
        Assert.Contains(lines, line => line.GetProperty("verdict").GetString() == "Fail"
            && line.GetProperty("text").GetString()!.StartsWith("SIDECAR_TOKEN is not set", StringComparison.Ordinal));
    }

    [Fact]
    public async Task As_text_each_line_begins_with_its_verdict()
    {
        var output = new StringWriter();
        var environment = Settings.Environment(
            [.. Settings.NoReports, .. World(), .. Settings.Destination("denied", DefaultWorld.Denied)]);
        await DoctorCommand.RunAsync(
            environment, null, json: false, output, CancellationToken.None, _noProcesses, _instanceMetadata);

        Assert.Contains("\nfail  denied, hop 1", output.ToString(), StringComparison.Ordinal);
        Assert.Contains(
            "(hop 1): STS does not allow it. STS said: User: arn:aws:sts::111122223333:assumed-role/orders-task/",
            output.ToString(),
            StringComparison.Ordinal);
        Assert.Contains("  -> STS does not tell which policy is missing.", output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/credentials/x", Verdict.Fail, "RELATIVE_URI is set, and nearly every SDK")]
    [InlineData("AWS_ACCESS_KEY_ID=AKIA", Verdict.Fail, "AWS_ACCESS_KEY_ID is set, and every SDK")]
    [InlineData("AWS_WEB_IDENTITY_TOKEN_FILE=/x", Verdict.Fail, "AWS_WEB_IDENTITY_TOKEN_FILE is set, and SDKs")]
    [InlineData("AWS_SHARED_CREDENTIALS_FILE=/x", Verdict.Fail, "AWS_SHARED_CREDENTIALS_FILE is set, and SDKs")]
    [InlineData("AMAZON_ACCESS_KEY_ID=AKIA", Verdict.Fail, "AMAZON_ACCESS_KEY_ID is set, and the Ruby SDK")]
    [InlineData("AWS_SHARED_CREDENTIALS_FILE=/dev/null", Verdict.Pass, "nothing competes")]
    [InlineData("AWS_ROLE_ARN=arn:aws:iam::999988887777:role/app", Verdict.Pass, "nothing competes")]
    [InlineData("AWS_CONTAINER_AUTHORIZATION_TOKEN=another", Verdict.Fail, "is not the sidecar's token")]
    [InlineData("HTTP_PROXY=http://proxy:3128", Verdict.Warn, "NO_PROXY leaves out 127.0.0.1")]
    [InlineData("AWS_CONTAINER_CREDENTIALS_FULL_URI=http://sidecar:9170/v1/credentials", Verdict.Warn, "names sidecar")]
    [InlineData("X=1", Verdict.Pass, "nothing competes")]
    internal void R16_A_variable_that_keeps_a_sibling_from_asking_is_found_in_its_environment(string variable, Verdict verdict, string text)
    {
        var proc = Directory.CreateTempSubdirectory("proc-");
        Put(
            "17",
            "python3",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:9170/v1/credentials\0" +
            $"AWS_CONTAINER_AUTHORIZATION_TOKEN={Settings.Token}\0",
            variable);
        Put("1", "credential-sidecar", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/credentials/x\0", "");
        Put("99", "cron", "PATH=/bin\0", "");
        var examination = new Examination();

        ProcessesCheck.Run(examination, proc.FullName, Settings.Load(("SIDECAR_PORT", null)), [Settings.Token]);
        proc.Delete(recursive: true);

        var line = Assert.Single(examination.Lines);
        Assert.Equal(("pid 17 (python3)", verdict), (line.Check, line.Verdict));
        Assert.Contains(text, line.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("another", line.Text + line.Remedy, StringComparison.Ordinal);

        void Put(string id, string name, string environment, string change)
        {
            var folder = proc.CreateSubdirectory(id).FullName;
            var changed = change.Split('=')[0] + "=";
            File.WriteAllText(Path.Combine(folder, "comm"), name[..Math.Min(15, name.Length)] + "\n");
            var kept = environment.Split('\0')
                .Where(v => v.Length > 0 && (change.Length == 0 || !v.StartsWith(changed, StringComparison.Ordinal)));
            File.WriteAllText(Path.Combine(folder, "environ"), string.Join('\0', kept.Append(change)));
        }
    }

    [Fact]
    public void The_shells_that_started_the_doctor_are_not_applications_and_its_siblings_are()
    {
        var proc = Directory.CreateTempSubdirectory("proc-");
        var competing = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/credentials/x\0" +
            "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:9170/v1/credentials\0";
        Put(50, "init (1) x", parent: 0, session: 50);
        Put(51, "sh", parent: 50, session: 51);
        Put(52, "make", parent: 51, session: 51);
        Put(Environment.ProcessId, "credential-side", parent: 52, session: 51);
        Put(60, "python3", parent: 51, session: 51);
        var examination = new Examination();

        ProcessesCheck.Run(examination, proc.FullName, Settings.Load(("SIDECAR_PORT", null)), []);
        proc.Delete(recursive: true);

        Assert.Equal(
            ["pid 50 (init (1) x)", "pid 60 (python3)"],
            examination.Lines.Select(line => line.Check).Distinct().Order(StringComparer.Ordinal));

        void Put(int id, string name, int parent, int session)
        {
            var folder = proc.CreateSubdirectory($"{id}").FullName;
            File.WriteAllText(Path.Combine(folder, "comm"), name + "\n");
            File.WriteAllText(Path.Combine(folder, "environ"), competing);
            File.WriteAllText(Path.Combine(folder, "stat"), $"{id} ({name}) S {parent} {session} {session} 0 -1 4194560 0");
        }
    }

    [Fact]
    public async Task A_shared_directory_that_does_not_exist_is_said_with_what_to_do()
    {
        var (code, lines) = await RunAsync([.. Reports, ("SIDECAR_TOKEN", null), ("SIDECAR_SHARED_DIR", "/nowhere/at/all")]);
        var line = lines.Single(line => line.GetProperty("check").GetString() == "token");

        Assert.Equal((1, "Fail"), (code, VerdictOf(lines, "token")));
        Assert.Equal(
            "SIDECAR_SHARED_DIR is \"/nowhere/at/all\", which does not exist in this container",
            line.GetProperty("text").GetString());
        Assert.Equal(
            "Mount the volume that the sidecar shares with its siblings there, or correct SIDECAR_SHARED_DIR.",
            line.GetProperty("remedy").GetString());
    }

    [Theory]
    [InlineData(200, "Every required destination has a live session.\n", "Pass", "answers 200")]
    [InlineData(
        503,
        "Waiting for reports. /status and the log say why.\n",
        "Warn",
        "answers 503: Waiting for reports. /status and the log say why.")]
    [InlineData(503, "<html>\u001b[31m", "Fail", "answered 503, and not as a sidecar does: \"<html>\\u001B[31m\"")]
    [InlineData(200, "ok", "Fail", "answered 200, and not as a sidecar does: \"ok\"")]
    public async Task The_sidecars_own_503_is_told_from_another_program(int status, string body, string verdict, string text)
    {
        await using var other = RawServer.Http(status, body, "text/plain");
        var (_, lines) = await RunAsync([.. Reports, ("SIDECAR_HEALTH_PORT", $"{other.Uri.Port}")]);

        Assert.Equal(verdict, VerdictOf(lines, "health"));
        Assert.Contains(text, TextOf(lines, "health"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_running_sidecar_is_looked_at_without_a_line_in_its_log()
    {
        await using var sidecar = await SidecarFixture.StartAsync();
        await sidecar.SettleAsync();
        var before = sidecar.Logs.Lines.Count(line => line.Event.Id is 400 or 404 or 600 or 607);
        var (_, lines) = await RunAsync(
        [
            .. Reports,
            ("SIDECAR_PORT", $"{sidecar.Endpoint.Port}"),
            ("SIDECAR_HEALTH_PORT", $"{sidecar.HealthEndpoint.Port}"),
        ]);

        Assert.Equal(("Pass", "Pass"), (VerdictOf(lines, "health"), VerdictOf(lines, "listener")));
        Assert.Equal($"127.0.0.1:{sidecar.Endpoint.Port} takes connections", TextOf(lines, "listener"));
        await sidecar.StopAsync();
        Assert.Equal(before, sidecar.Logs.Lines.Count(line => line.Event.Id is 400 or 404 or 600 or 607));
        Assert.DoesNotContain(sidecar.Tree.Destinations, destination => destination.WasAsked);
    }

    [Fact]
    public void Environments_that_the_kernel_hides_ask_for_SYS_PTRACE_and_not_for_root()
    {
        var examination = new Examination();
        ProcessesCheck.WarnOfHidden(examination, 1);

        var line = Assert.Single(examination.Lines);
        Assert.Contains("the environments of 1 other process only with the capability SYS_PTRACE", line.Text, StringComparison.Ordinal);
        Assert.Contains("Root alone is not enough.", line.Remedy, StringComparison.Ordinal);
    }

    private static readonly (string, string?)[] Reports =
        [
            .. Settings.Destination("reports", DefaultWorld.Reports),
            ("SIDECAR_Destinations__reports__Hops__0__ExternalId", DefaultWorld.ExternalId),
        ];

    private static JsonElement LineOf(JsonElement[] lines, string check) =>
        lines.First(line => line.GetProperty("check").GetString() == check);

    private static string? VerdictOf(JsonElement[] lines, string check) => LineOf(lines, check).GetProperty("verdict").GetString();

    private static string? TextOf(JsonElement[] lines, string check) => LineOf(lines, check).GetProperty("text").GetString();

    private async Task<(int Code, JsonElement[] Lines)> RunAsync(IEnumerable<(string, string?)> changes)
    {
        var output = new StringWriter();
        var environment = Settings.Environment([.. Settings.NoReports, .. World(), .. changes]);
        var code = await DoctorCommand.RunAsync(
            environment, null, json: true, output, CancellationToken.None, _noProcesses, _instanceMetadata);
        return (code, JsonSerializer.Deserialize<JsonElement[]>(output.ToString())!);
    }

    private (string, string?)[] World() =>
    [
        ("SIDECAR_SOURCE_ENDPOINT", _emulator.AgentEndpoint.ToString()),
        ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", _emulator.RelativeUri),
        ("AWS_ENDPOINT_URL_STS", _emulator.StsEndpoint.ToString()),
    ];
}
