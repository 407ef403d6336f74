using CredentialSidecar.Configuration;
using CredentialSidecar.Sources;

namespace CredentialSidecar.Commands;

/// <summary><c>credential-sidecar healthcheck</c>: a probe for images that have no shell and no curl.</summary>
internal static class HealthcheckCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <param name="ready">Ask for the present state instead of the latch.</param>
    public static async Task<int> RunAsync(string? file, bool ready, CancellationToken cancellationToken)
    {
        // Only the port is needed, so a mistake elsewhere is not this command's business.
        var layers = new ConfigurationLayers(ProcessEnvironment.Capture(), file, new Findings());
        var port = new OptionsReader(layers, new Findings()).Read().Health.Port;
        var uri = new Uri($"http://127.0.0.1:{port}/{(ready ? "readyz" : "healthz")}");

        try
        {
            using var reader = new EndpointReader();
            using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            var (status, body) = await reader.GetAsync(uri, null, either.Token);

            await Console.Out.WriteAsync(System.Text.Encoding.UTF8.GetString(body));
            return (int)status == 200 ? ExitCodes.Ok : ExitCodes.Unhealthy;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"credential-sidecar: no answer from {uri}: {Unreachable.From(e).Why}. Is it running, and is SIDECAR_HEALTH_PORT the same here?");
            return ExitCodes.Unhealthy;
        }
    }
}
