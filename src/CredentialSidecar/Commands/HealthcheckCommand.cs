using System.Net;
using System.Text;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Reading;
using CredentialSidecar.Health;
using CredentialSidecar.Sources;

namespace CredentialSidecar.Commands;

/// <summary><c>credential-sidecar healthcheck</c>: a probe for images that have no shell and no curl.</summary>
internal static class HealthcheckCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <param name="ready">Check the current state instead of the first success.</param>
    public static Task<int> RunAsync(
        ProcessEnvironment environment, string? file, bool ready, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        // Only the port is needed, so other mistakes do not matter here.
        var layers = new ConfigurationLayers(environment, file, new Findings());
        var port = new OptionsReader(layers, new Findings()).Read().Health.Port;
        return AskAsync(port, ready, ShortNames.Of("Health:Port", layers.NameOf), output, error, cancellationToken);
    }

    private static async Task<int> AskAsync(
        int port, bool ready, string setting, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        var uri = new Uri($"http://127.0.0.1:{port}/{(ready ? "readyz" : "healthz")}");

        try
        {
            using var reader = new EndpointReader();
            using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            var (status, body) = await reader.GetAsync(uri, null, either.Token);
            var text = Encoding.UTF8.GetString(body);
            var line = text.Split('\n')[0].TrimEnd('\r');

            if (HealthEndpoint.IsReady((int)status, line) || HealthEndpoint.IsWaiting((int)status, line))
            {
                await output.WriteAsync(text);
                return status == HttpStatusCode.OK ? ExitCodes.Ok : ExitCodes.Unhealthy;
            }

            await error.WriteLineAsync(Stranger(uri, setting, $"it answered {(int)status} {Shown.OnOneLine(Shown.Quoted(line))}"));
        }
        catch (HttpRequestException e)
            when (e.HttpRequestError is HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded)
        {
            await error.WriteLineAsync(Stranger(uri, setting, Unreachable.From(e).Why));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await error.WriteLineAsync($"credential-sidecar: no answer from {uri} within {Limit.TotalSeconds:0} s. "
                + $"{Holder(uri)} holds the port. Either it hangs, or it is not the sidecar and {setting} must name another port.");
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            await error.WriteLineAsync(
                $"credential-sidecar: no answer from {uri}: {Unreachable.From(e).Why}. "
                + $"Check that the sidecar runs, and that {setting} is the same for this command.");
        }

        return ExitCodes.Unhealthy;
    }

    private static string Holder(Uri uri) => PortHolder.Find(new IPEndPoint(IPAddress.Loopback, uri.Port)) ?? "the program";

    private static string Stranger(Uri uri, string setting, string what)
    {
        return $"credential-sidecar: {Holder(uri)} on {uri.Authority} is not the sidecar's health listener: {what}. "
            + $"Set {setting} to a free port, for the sidecar and for this command.";
    }
}
