using System.Net;
using System.Net.Sockets;
using System.Text;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Health;
using CredentialSidecar.Sources;

namespace CredentialSidecar.Commands.Doctor;

/// <summary>Checks whether a sidecar answers here, and the network mode of the task.</summary>
internal static class ListenerCheck
{
    private const string NotThere = "If the sidecar should run in this network namespace, check its log.";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <returns>The network mode from task metadata; null if there is none.</returns>
    public static async Task<string?> RunAsync(Examination examination, SidecarSettings settings, CancellationToken cancellationToken)
    {
        using var reader = new EndpointReader();
        await CheckHealthAsync(examination, settings.Health.Port, uri => GetAsync(uri));
        await CheckListenerAsync(examination, settings.Listen.Port, cancellationToken);

        return settings.Metadata is { } metadata && await GetAsync(metadata) is (200, var body) ? NetworkMode(examination, body) : null;

        async Task<(int Status, string Body)?> GetAsync(Uri uri)
        {
            try
            {
                using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
                var (status, body) = await reader.GetAsync(uri, null, either.Token, EndpointReader.LargestMetadata);
                return ((int)status, Encoding.UTF8.GetString(body));
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                return null;
            }
        }
    }

    private static async Task CheckHealthAsync(Examination examination, int port, Func<Uri, Task<(int Status, string Body)?>> getAsync)
    {
        const string check = "health";
        var uri = new Uri($"http://127.0.0.1:{port}/readyz");

        if (await getAsync(uri) is not var (status, body))
        {
            examination.Warn(check, $"no answer from {uri.GetLeftPart(UriPartial.Authority)}", NotThere);
            return;
        }

        var line = body.Split('\n')[0];

        if (Readiness.IsReady(status, line))
        {
            examination.Pass(check, $"{uri.GetLeftPart(UriPartial.Authority)} answers {status}");
        }
        else if (Readiness.IsWaiting(status, line))
        {
            examination.Warn(check, $"the sidecar at {uri.GetLeftPart(UriPartial.Authority)} answers {status}: {Shown.OnOneLine(line)}",
                "See the lines above about the source and the hops. A sidecar that just started needs a moment.");
        }
        else
        {
            examination.Fail(check, $"{uri} answered {status}, which is not a sidecar's answer: {Shown.OnOneLine(Shown.Quoted(line))}",
                "If that is another program, set SIDECAR_HEALTH_PORT to a free port.");
        }
    }

    /// <summary>Connects without a request: a request without a token would log a 401 in the sidecar, which may raise an alert.</summary>
    private static async Task CheckListenerAsync(Examination examination, int port, CancellationToken cancellationToken)
    {
        const string check = "listener";
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var client = new TcpClient(AddressFamily.InterNetwork);

        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port, either.Token);
            examination.Pass(check, $"127.0.0.1:{port} accepts connections");
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            examination.Warn(check, $"no program listens on 127.0.0.1:{port}", NotThere);
        }
    }

    private static string? NetworkMode(Examination examination, string metadata)
    {
        foreach (var mode in new[] { "awsvpc", "bridge", "host" })
        {
            if (!metadata.Contains($"\"NetworkMode\":\"{mode}\"", StringComparison.Ordinal))
            {
                continue;
            }

            switch (mode)
            {
                case "awsvpc":
                    examination.Pass("network mode", "awsvpc: the containers of this task share 127.0.0.1");
                    break;
                case "bridge":
                    examination.Fail("network mode", "bridge: the containers of this task do not share 127.0.0.1",
                        "Set networkMode to awsvpc in the task definition.");
                    break;
                default:
                    examination.Warn("network mode", "host: all tasks of the instance share 127.0.0.1",
                        "Give each task a different port and a different token.");
                    break;
            }

            return mode;
        }

        return null;
    }
}
