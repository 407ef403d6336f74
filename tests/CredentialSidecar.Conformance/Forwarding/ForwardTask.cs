using CredentialSidecar.Conformance.Interception;
using CredentialSidecar.Conformance.Launcher;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Forwarding;

/// <summary>A sidecar on the machine's network, and a container's network that shares only a directory with the sidecar.</summary>
internal sealed class ForwardTask : IAsyncDisposable
{
    private readonly EmulatorProcess _emulator;
    private readonly NetworkNamespace _network;
    private readonly (string, string?)[] _settings;

    private ForwardTask(EmulatorProcess emulator, NetworkNamespace network, string shared, (string, string?)[] settings) =>
        (_emulator, _network, Shared, _settings) = (emulator, network, shared, settings);

    /// <summary>The directory with the socket, the token and the launcher.</summary>
    public string Shared { get; }

    public string Launcher => Path.Combine(Shared, "credential-launch");

    public string Socket => Path.Combine(Shared, "credentials.sock");

    public SidecarProcess Sidecar { get; private set; } = null!;

    public static async Task<ForwardTask> StartAsync(params IEnumerable<(string, string?)> settings)
    {
        await NetworkNamespace.SkipUnlessPossibleAsync();
        var launcher = await LauncherProgram.PathAsync();
        var shared = Directory.CreateTempSubdirectory("forward-").FullName;
        File.Copy(launcher, Path.Combine(shared, "credential-launch"));
        Assert.Equal(0, (await ChildProcess.RunAsync("chmod", ["755", shared], CleanEnvironment.With())).Code);
        var (emulator, network) = (await EmulatorProcess.StartAsync(), await NetworkNamespace.CreateAsync("forward"));
        var task = new ForwardTask(emulator, network, shared, [.. settings]);

        try
        {
            await task.StartSidecarAsync();
            return task;
        }
        catch
        {
            await task.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the sidecar again after its end.</summary>
    public async Task StartSidecarAsync()
    {
        Sidecar = await SidecarProcess.StartAsync(_emulator,
        [
            ("SIDECAR_ROLE_ARN", "arn:aws:iam::555566667777:role/reports"), ("SIDECAR_EXTERNAL_ID", DefaultWorld.ExternalId),
            ("SIDECAR_SHARED_DIR", Shared), ("SIDECAR_Listen__Socket", "true"), .. _settings,
        ]);
        await Sidecar.ReadyAsync();
    }

    /// <summary>Runs a program in the container's network to its end.</summary>
    /// <param name="user">Its user; null for root.</param>
    public Task<ChildProcess.Ended> RunAsync(int? user, params IEnumerable<string> words) => _network.RunAsync(As(user, words), Variables);

    public ChildProcess Start(int? user, params IEnumerable<string> words) => _network.Start(As(user, words), Variables);

    /// <summary>Runs a shell script under the launcher in the container's network.</summary>
    public Task<ChildProcess.Ended> LaunchAsync(string script, int? user = null, params IEnumerable<string> flags) =>
        RunAsync(user, [Launcher, "--forward", .. flags, "--", "sh", "-c", script]);

    /// <summary>A request as an SDK sends it, with the token of its environment.</summary>
    public const string Ask =
        "curl -s -H \"Authorization: $(cat $AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE)\" $AWS_CONTAINER_CREDENTIALS_FULL_URI";

    public async ValueTask DisposeAsync()
    {
        if (Sidecar is not null)
        {
            await Sidecar.DisposeAsync();
        }

        await _network.DisposeAsync();
        await _emulator.DisposeAsync();
        Directory.Delete(Shared, recursive: true);
    }

    private static string[] As(int? user, IEnumerable<string> words) =>
        user is null ? [.. words] : ["setpriv", .. Squatter.As(user.Value), .. words];

    // Nothing outside is asked. The owner of the token file is the sidecar's user.
    private static (string, string?)[] Variables =>
        [("AWS_REGION", "eu-central-1"), ("CREDENTIAL_LAUNCH_ALLOW_IMDS", "true"), ("HOME", "/nonexistent")];
}
