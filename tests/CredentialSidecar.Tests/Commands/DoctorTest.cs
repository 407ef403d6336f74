using System.Text.Json;
using CredentialSidecar.Commands.Doctor;
using CredentialSidecar.Configuration;
using CredentialSidecar.Emulator;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Commands;

/// <summary>Runs the doctor against an emulated agent and STS.</summary>
public abstract class DoctorTest : IAsyncLifetime
{
    private protected string NoProcesses { get; } = Directory.CreateTempSubdirectory("proc-").FullName;

    private protected EmulatorServer Server { get; set; } = null!;

    private protected Uri Metadata { get; set; } = new("http://127.0.0.1:1/");

    public async ValueTask InitializeAsync() =>
        Server = await EmulatorServer.StartAsync(new EmulatorOptions(), TimeProvider.System, CancellationToken.None);

    public ValueTask DisposeAsync()
    {
        Directory.Delete(NoProcesses);
        GC.SuppressFinalize(this);
        return Server.DisposeAsync();
    }

    private protected static readonly (string, string?)[] Reports =
    [
        .. Settings.Destination("reports", DefaultWorld.Reports),
        ("SIDECAR_Destinations__reports__Hops__0__ExternalId", DefaultWorld.ExternalId),
    ];

    private protected static JsonElement LineOf(JsonElement[] lines, string check) =>
        lines.First(line => line.GetProperty("check").GetString() == check);

    private protected static string? VerdictOf(JsonElement[] lines, string check) =>
        LineOf(lines, check).GetProperty("verdict").GetString();

    private protected static string? TextOf(JsonElement[] lines, string check) => LineOf(lines, check).GetProperty("text").GetString();

    private protected async Task<(int Code, JsonElement[] Lines)> RunAsync(IEnumerable<(string, string?)> changes)
    {
        var output = new StringWriter();
        var environment = Settings.Environment([.. Settings.NoReports, .. World(), .. changes]);
        var code = await DoctorCommand.RunAsync(
            environment, null, json: true, output, CancellationToken.None, NoProcesses, Metadata);
        return (code, JsonSerializer.Deserialize<JsonElement[]>(output.ToString())!);
    }

    private protected (string, string?)[] World() =>
    [
        ("SIDECAR_SOURCE_ENDPOINT", Server.AgentEndpoint.ToString()),
        ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", Server.RelativeUri),
        ("AWS_ENDPOINT_URL_STS", Server.StsEndpoint.ToString()),
    ];
}
