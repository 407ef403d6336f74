using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Parts;

/// <summary>The sidecar as a program, with every log line it has. When it ends, all of its output is searched for secrets.</summary>
internal sealed class SidecarProcess : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly HttpClient _http = new();
    private readonly HashSet<string> _secrets = [];

    private readonly EmulatorProcess _emulator;

    private SidecarProcess(ChildProcess process, string token, EmulatorProcess emulator)
    {
        (_process, Token, _emulator) = (process, token, emulator);
        _secrets.Add(token);
        _http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", token);
    }

    public string Token { get; }

    public int Id => _process.Id;

    public Uri Endpoint { get; private set; } = null!;

    public Uri Health { get; private set; } = null!;

    /// <summary>Null if it does not serve TLS.</summary>
    public Uri? Tls { get; private set; }

    public IReadOnlyList<string> Output => _process.Output;

    public IReadOnlyList<string> Errors => _process.Errors;

    /// <summary>Starts it beside an emulator and returns as soon as it listens.</summary>
    /// <param name="settings">Variables on top of those that a task would have; null takes one away.</param>
    public static Task<SidecarProcess> StartAsync(
        EmulatorProcess emulator, params IEnumerable<(string Name, string? Value)> settings) => StartAsync(emulator, [], settings);

    /// <param name="before">A program that becomes the sidecar, with its arguments.</param>
    public static Task<SidecarProcess> StartAsync(
        EmulatorProcess emulator, string[] before, params IEnumerable<(string Name, string? Value)> settings) =>
        RunAsync(emulator, [.. before, Programs.Sidecar], settings);

    /// <summary>Never natively compiled: with its libraries as files.</summary>
    public static Task<SidecarProcess> StartManagedAsync(
        EmulatorProcess emulator, params IEnumerable<(string Name, string? Value)> settings) =>
        RunAsync(emulator, [Programs.ManagedSidecar], settings);

    private static async Task<SidecarProcess> RunAsync(
        EmulatorProcess emulator, string[] command, IEnumerable<(string Name, string? Value)> settings)
    {
        var token = RandomNumberGenerator.GetHexString(40);
        var process = ChildProcess.Start(command[0], command[1..], CleanEnvironment.With(
        [
            ("SIDECAR_PORT", "0"),
            ("SIDECAR_HEALTH_PORT", "0"),
            ("SIDECAR_TOKEN", token),

            // Who counts requests stands between on a port of its own.
            ("SIDECAR_Access__Hosts__0", "127.0.0.1"),
            ("SIDECAR_Logging__Level", "Trace"),
            ("SIDECAR_SOURCE_ENDPOINT", emulator.Agent.GetLeftPart(UriPartial.Authority)),
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", emulator.RelativeUri),
            ("ECS_CONTAINER_METADATA_URI_V4", emulator.Metadata.AbsoluteUri),
            ("AWS_ENDPOINT_URL_STS", emulator.Sts.AbsoluteUri),
            ("AWS_REGION", "eu-central-1"),
            .. settings,
        ]));
        var sidecar = new SidecarProcess(process, token, emulator);

        try
        {
            var started = JsonNode.Parse(await process.LineAsync(line => line.Contains("\"EventId\":100,", StringComparison.Ordinal)))!;
            (sidecar.Endpoint, sidecar.Health) = (AddressIn(started, "Addresses"), AddressIn(started, "Health"));
            sidecar.Tls = started["State"]!["Addresses"]!.GetValue<string>().Split(", ")
                .Where(address => address.StartsWith("https:", StringComparison.Ordinal)).Select(address => new Uri(address))
                .FirstOrDefault();
            return sidecar;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Another secret that this sidecar has seen.</summary>
    public void Hide(IEnumerable<string> secrets) => _secrets.UnionWith(secrets);

    /// <summary>As a sibling with the right token.</summary>
    public async Task<(int Status, JsonNode Body)> GetAsync(string destination)
    {
        using var answer = await _http.GetAsync(new Uri(Endpoint, $"v1/credentials/{destination}"));
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Hide(from name in (string[])["SecretAccessKey", "Token"] where body[name] is not null select body[name]!.GetValue<string>());
        return ((int)answer.StatusCode, body);
    }

    public async Task<int> HealthAsync(string path)
    {
        using var answer = await _http.GetAsync(new Uri(Health, path));
        return (int)answer.StatusCode;
    }

    /// <summary>Returns once every required destination has a session.</summary>
    public async Task ReadyAsync()
    {
        await Eventually.HoldsAsync(async () => await HealthAsync("readyz") == 200, () => string.Join('\n', Output));
        await NoteServedAsync();
    }

    public Task<ChildProcess.Ended> HealthcheckAsync(params IEnumerable<string> arguments) => Programs.SidecarAsync(
        ["healthcheck", .. arguments], ("SIDECAR_HEALTH_PORT", $"{Health.Port}"));

    public void Signal(int number) => _process.Signal(number);

    public Task<int> ExitAsync() => _process.ExitAsync();

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!_process.HasExited)
            {
                await NoteServedAsync();
            }
        }
        finally
        {
            await _process.DisposeAsync();
            _http.Dispose();
        }

        Hide(await _emulator.SecretsAsync());
        Assert.Empty(Errors);

        // Its end may have cut the last line off.
        Assert.All(Output.SkipLast(1), line => Assert.NotNull(JsonSerializer.Deserialize<JsonObject>(line)));
        Assert.True(Leaks.In([.. Output, .. Errors], _secrets) is [], string.Join("\n", Leaks.In([.. Output, .. Errors], _secrets)));
    }

    private static Uri AddressIn(JsonNode started, string value) => new(started["State"]![value]!.GetValue<string>().Split(", ")[0]);

    private async Task NoteServedAsync()
    {
        var status = JsonNode.Parse(await _http.GetStringAsync(new Uri(Health, "status")))!;

        foreach (var destination in status["destinations"]!.AsArray().Where(d => d!["state"]!.GetValue<string>() == "live"))
        {
            await GetAsync(destination!["name"]!.GetValue<string>());
        }
    }
}
