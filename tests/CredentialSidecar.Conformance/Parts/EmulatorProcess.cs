using System.Net.Http.Json;
using System.Text.Json;
using CredentialSidecar.Emulator.Agent;
using CredentialSidecar.Emulator.Control;
using CredentialSidecar.Emulator.Faults;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Parts;

/// <summary>The emulator as a program, led over its control endpoint.</summary>
internal sealed class EmulatorProcess : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly StartedLine _started;
    private readonly HttpClient _control;

    private EmulatorProcess(ChildProcess process, StartedLine started)
    {
        (_process, _started) = (process, started);
        _control = new HttpClient { BaseAddress = new Uri(started.Control) };

        // It closes a connection after a 204 without saying so, which the next request on it would stumble over.
    }

    public Uri Agent => new(_started.Agent);

    public string RelativeUri => _started.RelativeUri;

    public Uri Metadata => new(_started.Metadata);

    public Uri Sts => new(_started.Sts);

    /// <param name="options">Such as <c>--world FILE</c>.</param>
    public static async Task<EmulatorProcess> StartAsync(params string[] options)
    {
        var process = ChildProcess.Start(Programs.Emulator, options, CleanEnvironment.With());

        try
        {
            var line = await process.LineAsync(line => line.StartsWith('{'));
            return new EmulatorProcess(process, JsonSerializer.Deserialize(line, ControlJson.Default.StartedLine)!);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public async Task AddAsync(Fault fault)
    {
        using var answer = await _control.PostAsJsonAsync("faults", fault, ControlJson.Default.Fault);
        answer.EnsureSuccessStatusCode();
    }

    public async Task ClearFaultsAsync()
    {
        using var answer = await _control.DeleteAsync("faults");
        answer.EnsureSuccessStatusCode();
    }

    public async Task<CallsDocument> CallsAsync() => (await _control.GetFromJsonAsync("calls", ControlJson.Default.CallsDocument))!;

    /// <summary>What must never be seen: the id in the path, and the keys of the task role.</summary>
    public async Task<IReadOnlyList<string>> SecretsAsync()
    {
        await ClearFaultsAsync();
        using var http = new HttpClient();
        var role = await http.GetFromJsonAsync(new Uri(Agent, RelativeUri), AgentJson.Plain.AgentCredentials);
        return [RelativeUri["/v2/credentials/".Length..], role!.SecretAccessKey, role.Token];
    }

    public ValueTask DisposeAsync()
    {
        _control.Dispose();
        return _process.DisposeAsync();
    }
}
