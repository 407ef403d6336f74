using System.Net;
using System.Text;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Reading;
using CredentialSidecar.Configuration.Rules;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Endpoint;
using CredentialSidecar.Health;
using CredentialSidecar.Networking;
using CredentialSidecar.Sources;

namespace CredentialSidecar.Commands;

/// <summary><c>credential-sidecar healthcheck</c>: a probe for images that have no shell and no curl.</summary>
internal static class HealthcheckCommand
{
    private const string Name = "healthcheck";
    private const string Ready = "ready";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    // Both ways together stay below the usual time limits of orchestrators, such as the 5 s of ECS.
    private static readonly TimeSpan SocketLimit = TimeSpan.FromSeconds(1);

    public static ControlCommand Of(Readiness readiness) => new(Name, (argument, _) =>
    {
        var (isReady, text) = readiness.Read(everLive: argument != Ready);
        return Task.FromResult(new ControlReply(isReady ? ExitCodes.Ok : ExitCodes.Unhealthy, text));
    });

    /// <param name="ready">Check the current state instead of the first success.</param>
    public static async Task<int> RunAsync(
        ProcessEnvironment environment, string? file, bool ready, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        // Only the socket and the port are needed, so other mistakes do not matter here.
        var findings = new Findings();
        var layers = new ConfigurationLayers(environment, file, findings);
        var options = new OptionsReader(layers, findings).Read();

        if (await AskSocketAsync(ControlRules.Find(options, findings), ready, cancellationToken) is { } reply)
        {
            await output.WriteAsync(reply.Text);
            return reply.ExitCode;
        }

        var key = ShortNames.Of("Health:Port", layers.NameOf);
        var code = await AskAsync(options.Health.Port, ready, key, output, error, cancellationToken);

        if (code != ExitCodes.Ok && findings.SourceUnread)
        {
            await error.WriteLineAsync("credential-sidecar: the configuration cannot be read, so this command asked the default port. "
                + $"{findings.Mistakes[0]}. Set SIDECAR_HEALTH_PORT to make this command independent of the file.");
        }

        return code;
    }

    // The control socket comes first: the port in a file that changed since the start is not the port of the running sidecar.
    private static async Task<ControlReply?> AskSocketAsync(ControlSettings settings, bool ready, CancellationToken cancellationToken)
    {
        try
        {
            return settings.Socket is null
                ? null
                : await new ControlClient(settings, UnixPeer.UidOf, SocketLimit).AskAsync(Name, ready ? Ready : null, cancellationToken);
        }
        catch (ControlException)
        {
            return null;
        }
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

            if (Readiness.IsReady((int)status, line) || Readiness.IsWaiting((int)status, line))
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
