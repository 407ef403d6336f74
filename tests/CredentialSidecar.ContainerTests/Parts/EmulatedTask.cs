using System.Security.Cryptography;

namespace CredentialSidecar.ContainerTests.Parts;

/// <summary>
/// Containers that share a network namespace, which an idle one holds, as those of an awsvpc task or of a pod do; among them the
/// emulator, for the ECS agent and STS. All ends with the test.
/// </summary>
internal sealed class EmulatedTask : IAsyncDisposable
{
    public const string Destination = "arn:aws:sts::555566667777:assumed-role/reports/";
    public const string Source = "arn:aws:sts::111122223333:assumed-role/orders-task/";
    public const string AgentPath = "/v2/credentials/test";

    private readonly List<string> _containers = [];
    private readonly List<string> _volumes = [];

    private readonly string _id = "cst-" + RandomNumberGenerator.GetHexString(8, lowercase: true);

    private EmulatedTask()
    {
    }

    public string Pause => $"{_id}-pause";

    public string Sidecar => $"{_id}-sidecar";

    /// <summary>The volume that siblings share.</summary>
    public string Volume => $"{_id}-shared";

    /// <summary>What ECS sets in every container of a task that has a role.</summary>
    public static string[] Ecs => Variables(
        $"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI={AgentPath}",
        "AWS_REGION=eu-central-1",
        "AWS_DEFAULT_REGION=eu-central-1",
        "AWS_EC2_METADATA_DISABLED=true");

    /// <summary>The least that a sidecar beside the emulator is told.</summary>
    public static string[] Configured => Variables(
        "SIDECAR_ROLE_ARN=arn:aws:iam::555566667777:role/reports",
        "SIDECAR_EXTERNAL_ID=orders-7f3a",
        "SIDECAR_SOURCE_ENDPOINT=http://127.0.0.1:51679",
        "ECS_CONTAINER_METADATA_URI_V4=http://127.0.0.1:51679/v4/test",
        "AWS_ENDPOINT_URL_STS=http://127.0.0.1:51680");

    public static string[] Identity => ["aws", "sts", "get-caller-identity", "--endpoint-url", "http://127.0.0.1:51680"];

    /// <param name="network">Where the namespace is connected to; by default nowhere.</param>
    public static async Task<EmulatedTask> StartAsync(params string[] network)
    {
        await Images.RequireAsync();
        var task = new EmulatedTask();
        await task.RunAsync("pause", [.. network is [] ? ["--network", "none"] : network], Images.Client, "sleep", "600");

        if (network is [])
        {
            await task.RunAsync("emulator", task.Joined, Images.Emulator, EmulatorWords);
        }

        return task;
    }

    public static string[] EmulatorWords =>
    [
        "--agent-port", "51679", "--sts-port", "51680", "--control-port", "51681",
        "--credentials-id", "test", "--container-id", "test",
    ];

    /// <summary>As the image is meant to be run: nothing may be written, and nothing is permitted beyond its user.</summary>
    public string[] Hardened => [.. Joined, "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"];

    public string[] Joined => ["--network", $"container:{Pause}"];

    /// <summary>Starts the sidecar with the shared volume, and waits until the engine calls it healthy.</summary>
    public async Task StartSidecarAsync(params string[] options)
    {
        await AddVolumeAsync();
        string[] shared = ["-v", $"{Volume}:/credential-sidecar", "--health-interval", "1s"];
        await RunAsync("sidecar", [.. Hardened, .. shared, .. Ecs, .. Configured, .. options], Images.Sidecar);
        await Engine.HealthyAsync(Sidecar);
    }

    /// <summary>Starts a container in the background.</summary>
    public async Task<string> RunAsync(string name, string[] options, string image, params string[] words)
    {
        _containers.Add($"{_id}-{name}");
        await Engine.DoAsync(["run", "-d", "--name", _containers[^1], .. options, image, .. words]);
        return _containers[^1];
    }

    /// <summary>Runs an application in the task's namespace to its end.</summary>
    public Task<Command.Ended> AppAsync(string[] options, params string[] words) =>
        Engine.TryAsync(["run", "--rm", .. Joined, "-v", $"{Volume}:/credential-sidecar:ro", .. Ecs, .. options, Images.Client, .. words]);

    /// <summary>As <see cref="AppAsync"/>, started by the launcher.</summary>
    public Task<Command.Ended> LaunchedAsync(params string[] words) =>
        AppAsync(["--entrypoint", "/credential-sidecar/credential-launch"], ["--", .. words]);

    public async Task AddVolumeAsync(params string[] options)
    {
        if (!_volumes.Contains(Volume))
        {
            _volumes.Add(Volume);
            await Engine.DoAsync(["volume", "create", .. options, Volume]);
        }
    }

    public static string[] Variables(params string[] settings) => [.. settings.SelectMany(setting => (string[])["-e", setting])];

    public async ValueTask DisposeAsync()
    {
        _containers.Reverse();
        await Engine.TryAsync(["rm", "-f", "-v", .. _containers]);

        foreach (var volume in _volumes)
        {
            await Engine.TryAsync("volume", "rm", "-f", volume);
        }
    }
}
