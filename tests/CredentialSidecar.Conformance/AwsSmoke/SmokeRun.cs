using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.Clients;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.AwsSmoke;

/// <summary>The script of samples/aws-smoke between two accounts of a moto server.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class SmokeRun : IAsyncDisposable
{
    public const string Caller = "123456789012";
    public const string Destination = "555566667777";

    /// <summary>A run makes about 40 calls, and each starts the AWS CLI.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    // Older versions of the AWS CLI do not read AWS_ENDPOINT_URL.
    private const string Front = """
        #!/bin/sh
        printf '%s\n' "$*" >>"$CALLS"
        case " $* " in
          *" ecs describe-tasks "* | *" logs get-log-events "*) endpoint=${FINISHED:-$MOTO} ;;
          *) endpoint=$MOTO ;;
        esac
        PATH=$OUTER
        exec "$AWS" --endpoint-url "$endpoint" "$@"

        """;

    private readonly string _directory;
    private readonly MotoServer _moto;
    private readonly Dictionary<string, string?> _environment;

    private SmokeRun(string directory, MotoServer moto)
    {
        (_directory, _moto) = (directory, moto);
        var path = Environment.GetEnvironmentVariable("PATH");
        _environment = CleanEnvironment.With(
            ("PATH", $"{directory}:{path}"), ("OUTER", path), ("CALLS", Path.Combine(directory, "calls")), ("MOTO", Address),
            ("TMPDIR", directory),
            ("AWS_CONFIG_FILE", Path.Combine(directory, "config")), ("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials"));
    }

    public static string Script { get; } = Repository.File("samples", "aws-smoke", "smoke.sh");

    /// <summary>The words of every call of the AWS CLI so far.</summary>
    public string Calls => File.Exists(_environment["CALLS"]) ? File.ReadAllText(_environment["CALLS"]!) : "";

    public string Report => File.ReadAllText(Path.Combine(_directory, "report.txt"));

    private string Address => _moto.Address.GetLeftPart(UriPartial.Authority);

    /// <summary>Skips the test where moto, the AWS CLI or boto3 is missing.</summary>
    public static async Task<SmokeRun> CreateAsync()
    {
        await Installed.AwsCliAsync();
        await Installed.Boto3Async();
        var moto = await MotoServer.StartAsync(("MOTO_IAM_LOAD_MANAGED_POLICIES", "true"));
        var run = new SmokeRun(Directory.CreateTempSubdirectory("aws-smoke-").FullName, moto);
        var front = Path.Combine(run._directory, "aws");
        await File.WriteAllTextAsync(front, Front);
        File.SetUnixFileMode(front, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        // The shim of a version manager takes as long as the AWS CLI itself, so call the program beside the interpreter if there is one.
        var python = await ChildProcess.RunAsync("python3", ["-c", "import sys; print(sys.executable)"], CleanEnvironment.With());
        var beside = Path.Combine(Path.GetDirectoryName(python.Output.Trim()) ?? "", "aws");
        run._environment["AWS"] = File.Exists(beside) ? beside : "aws";

        // A caller that assumes a role of another account acts in that account. This is how moto's other account is reached.
        var keys = CleanEnvironment.With(("AWS_ACCESS_KEY_ID", "testing"), ("AWS_SECRET_ACCESS_KEY", "testing"));
        var assumed = await AwsCli.RunAsync(keys, moto.Address, "--region", "eu-central-1", "sts", "assume-role",
            "--role-arn", $"arn:aws:iam::{Destination}:role/setup", "--role-session-name", "setup");
        Assert.True(assumed.Code == 0, assumed.ToString());
        var other = JsonNode.Parse(assumed.Output)!["Credentials"]!;
        await File.WriteAllTextAsync(run._environment["AWS_CONFIG_FILE"]!, $"""
            [profile caller]
            aws_access_key_id = testing
            aws_secret_access_key = testing
            [profile destination]
            aws_access_key_id = {other["AccessKeyId"]}
            aws_secret_access_key = {other["SecretAccessKey"]}
            aws_session_token = {other["SessionToken"]}
            """);
        return run;
    }

    /// <param name="finished">Who describes the task and shows its logs; null for moto, which runs no containers.</param>
    /// <param name="more">Flags besides those that every run has.</param>
    public ChildProcess Start(Uri? finished, params IEnumerable<string> more) => ChildProcess.Start(
        "bash",
        [
            Script, "--caller-profile", "caller", "--destination-profile", "destination", "--region", "eu-central-1", "--poll", "0.5",
            "--image", $"{Caller}.dkr.ecr.eu-central-1.amazonaws.com/credential-sidecar:1", "--sidecar-program", Programs.Sidecar,

            // moto does not look up the default security group.
            "--security-groups", "sg-0123abcd", "--report", Path.Combine(_directory, "report.txt"), .. more,
        ],
        new Dictionary<string, string?>(_environment) { ["FINISHED"] = finished?.GetLeftPart(UriPartial.Authority) ?? "" });

    /// <summary>Starts a run and returns once it has printed a line that starts so.</summary>
    public async Task<ChildProcess> StartAsync(string start)
    {
        var script = Start(null, "--yes", "--poll", "3");

        try
        {
            await script.LineAsync(line => line.StartsWith(start, StringComparison.Ordinal), Limit);
            return script;
        }
        catch
        {
            await script.DisposeAsync();
            throw;
        }
    }

    /// <summary>What exists in both accounts, one line for each.</summary>
    public async Task<string> RemainsAsync()
    {
        var remains = await Boto3.RunAsync("AwsSmoke/remains.py", CleanEnvironment.With(), Address, Destination);
        Assert.True(remains.Code == 0, remains.ToString());
        return remains.Output;
    }

    public async ValueTask DisposeAsync()
    {
        await _moto.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
