using System.Globalization;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Supervisor;

/// <summary>A sidecar as the image starts it: below the supervisor, with a token that it makes itself.</summary>
internal sealed class SupervisedTask : IAsyncDisposable
{
    private static readonly StaticProgram Program = new("CredentialSidecar.Supervisor", "supervisor", "credential-supervisor");

    private readonly HttpClient _http;
    private readonly HttpClient _health;

    private SupervisedTask(ChildProcess supervisor, string directory, int port, int health)
    {
        (Supervisor, Directory, Port) = (supervisor, directory, port);
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(30) };
        _health = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{health}"), Timeout = TimeSpan.FromSeconds(30) };
    }

    public ChildProcess Supervisor { get; }

    public string Directory { get; }

    public int Port { get; }

    public string Token => File.ReadAllText(Path.Combine(Directory, "token"));

    /// <summary>The process below the supervisor; 0 where there is none just now.</summary>
    public int Server => ChildrenOf(Supervisor.Id).FirstOrDefault();

    public static Task<string> ProgramAsync() => Program.PathAsync();

    /// <summary>Starts both, and waits for the first session.</summary>
    /// <param name="port">Default: one that is free.</param>
    public static async Task<SupervisedTask> StartAsync(EmulatorProcess emulator, string directory, int? port = null)
    {
        var (own, health) = (port ?? FreePort.Find(), FreePort.Find());
        var supervisor = ChildProcess.Start(await ProgramAsync(), [Programs.Sidecar], CleanEnvironment.With(
        [
            ("SIDECAR_PORT", $"{own}"), ("SIDECAR_HEALTH_PORT", $"{health}"), ("SIDECAR_SHARED_DIR", directory), ("SIDECAR_DRAIN", "0s"),
            ("SIDECAR_ROLE_ARN", DefaultWorld.Reports), ("SIDECAR_EXTERNAL_ID", DefaultWorld.ExternalId), ("AWS_REGION", "eu-central-1"),
            ("SIDECAR_SOURCE_ENDPOINT", emulator.Agent.GetLeftPart(UriPartial.Authority)),
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", emulator.RelativeUri),
            ("AWS_ENDPOINT_URL_STS", emulator.Sts.AbsoluteUri),
        ]));
        var task = new SupervisedTask(supervisor, directory, own, health);

        try
        {
            await task.ReadyAsync();
            return task;
        }
        catch
        {
            await task.DisposeAsync();
            throw;
        }
    }

    public Task ReadyAsync() => Eventually.HoldsAsync(
        async () => !Supervisor.HasExited && await StatusAsync(_health, "/readyz", null) == 200,
        () => string.Join('\n', [.. Supervisor.Output, .. Supervisor.Errors]));

    /// <returns>The status; 0 where there was no answer.</returns>
    public Task<int> AskAsync(string token) => StatusAsync(_http, "/v1/credentials", token);

    /// <summary>Kills the server, and waits for another one.</summary>
    public async Task KillServerAsync()
    {
        var server = Server;
        Signal(server, 9);
        await Eventually.HoldsAsync(
            () => Supervisor.HasExited || (Server is var next && next != 0 && next != server),
            () => "no other server was started");
    }

    public static void Signal(int process, int signal) => Assert.Equal(0, Networking.Libc.Kill(process, signal));

    public async ValueTask DisposeAsync()
    {
        await Supervisor.DisposeAsync();
        _http.Dispose();
        _health.Dispose();
    }

    private static async Task<int> StatusAsync(HttpClient http, string path, string? token)
    {
        // A connection of its own: one that was kept would hide who answers new ones.
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.ConnectionClose = true;
        _ = token is null || request.Headers.TryAddWithoutValidation("Authorization", token);

        try
        {
            using var answer = await http.SendAsync(request);
            return (int)answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return 0;
        }
    }

    public static IEnumerable<int> ChildrenOf(int parent)
    {
        var folders = System.IO.Directory.EnumerateDirectories("/proc").Select(Path.GetFileName);

        foreach (var folder in folders.Where(name => name!.All(char.IsAsciiDigit)))
        {
            string text;

            try
            {
                text = File.ReadAllText($"/proc/{folder}/stat");
            }
            catch (IOException)
            {
                continue;
            }

            // pid (name) state parent: the name may hold anything.
            if (text[(text.LastIndexOf(')') + 2)..].Split(' ') is [var state, var ppid, ..]
                && state != "Z" && ppid == parent.ToString(CultureInfo.InvariantCulture))
            {
                yield return int.Parse(folder!, CultureInfo.InvariantCulture);
            }
        }
    }
}
