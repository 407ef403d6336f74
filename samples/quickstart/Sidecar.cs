using System.Net;
using System.Security.Cryptography;
using System.Text.Json;

namespace Quickstart;

/// <summary>The sidecar as a task would start it, except for its ports and its agent.</summary>
internal sealed class Sidecar : IAsyncDisposable
{
    private readonly Child _process;
    private readonly string _health;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    private Sidecar(Child process, string address, string health, string token) =>
        (_process, CredentialsUri, _health, Token) = (process, address + "/v1/credentials", health, token);

    public string CredentialsUri { get; }

    public string Token { get; }

    public static async Task<Sidecar> StartAsync(Emulator emulator, CancellationToken cancellationToken)
    {
        var token = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var process = Child.Start("The sidecar", Programs.Sidecar, new Dictionary<string, string>
        {
            // The variables that ECS would set.
            ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = emulator.RelativeUri,
            ["ECS_CONTAINER_METADATA_URI_V4"] = emulator.Metadata,
            ["AWS_REGION"] = Emulator.Region,

            // The variables that a task definition would set.
            ["SIDECAR_ROLE_ARN"] = "arn:aws:iam::555566667777:role/reports",
            ["SIDECAR_EXTERNAL_ID"] = "orders-7f3a",
            ["SIDECAR_TOKEN"] = token,

            // The variables that differ on this machine.
            ["SIDECAR_SOURCE_ENDPOINT"] = emulator.Agent,
            ["AWS_ENDPOINT_URL_STS"] = emulator.Sts,
            ["SIDECAR_PORT"] = "0",
            ["SIDECAR_HEALTH_PORT"] = "0",
            ["SIDECAR_DRAIN"] = "0s",
            ["SIDECAR_Logging__Format"] = "Json",
        });

        try
        {
            var sidecar = await process.WaitForLineAsync(line => Read(process, line, token), cancellationToken);
            await sidecar.WaitUntilHealthyAsync(cancellationToken);
            return sidecar;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>What an SDK reads.</summary>
    public async Task<JsonElement> ReadCredentialsAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, CredentialsUri);
        request.Headers.TryAddWithoutValidation("Authorization", Token);
        using var answer = await _http.SendAsync(request, cancellationToken);
        return JsonElement.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellationToken));
    }

    public async Task<JsonElement> ReadStatusAsync(CancellationToken cancellationToken) =>
        JsonElement.Parse(await _http.GetStringAsync(new Uri(_health + "/status"), cancellationToken));

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
    }

    // "Started" is event 100 of docs/operations.md; its State holds the ports that the system chose.
    private static Sidecar? Read(Child process, string line, string token) =>
        LogLine.Read(line) is { } read && read.TryGetProperty("EventId", out var id) && id.GetInt32() == 100
            ? new Sidecar(process, Text(read, "Addresses"), Text(read, "Health"), token)
            : null;

    private static string Text(JsonElement line, string name) => line.GetProperty("State").GetProperty(name).GetString()!;

    private async Task WaitUntilHealthyAsync(CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < 200 && !_process.HasEnded; tries++)
        {
            if (await IsHealthyAsync(cancellationToken))
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
        }

        throw _process.Failed("did not become healthy");
    }

    private async Task<bool> IsHealthyAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(_health + "/healthz"), cancellationToken);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
