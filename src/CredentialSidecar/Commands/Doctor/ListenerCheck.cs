using System.Text;
using CredentialSidecar.Configuration;
using CredentialSidecar.Sources;

namespace CredentialSidecar.Commands.Doctor;

/// <summary>Whether a sidecar answers here, and how the task is networked as far as that shows.</summary>
internal static class ListenerCheck
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <returns>The network mode that task metadata names; null where there is none.</returns>
    public static async Task<string?> RunAsync(Examination examination, SidecarSettings settings, CancellationToken cancellationToken)
    {
        using var reader = new EndpointReader();
        await AskAsync("health", new Uri($"http://127.0.0.1:{settings.Options.Health.Port}/readyz"), status => status == 200);
        await AskAsync("listener", new Uri($"http://127.0.0.1:{settings.Options.Listen.Port}/v1/credentials"), status => status is 200 or 400 or 401 or 403 or 503);

        return settings.Metadata is { } metadata && await GetAsync(metadata) is (200, var body) ? NetworkMode(examination, body) : null;

        async Task AskAsync(string check, Uri uri, Func<int, bool> expected)
        {
            if (await GetAsync(uri) is not var (status, body))
            {
                examination.Warn(check, $"nobody answers at {uri.GetLeftPart(UriPartial.Authority)}", "If the sidecar is meant to run in this network namespace, look at its log.");
            }
            else if (expected(status))
            {
                examination.Pass(check, $"{uri.GetLeftPart(UriPartial.Authority)} answers {status}");
            }
            else
            {
                examination.Fail(check, $"{uri} answered {status}: {body.Split('\n')[0]}", "If that is another program, set SIDECAR_PORT and SIDECAR_HEALTH_PORT.");
            }
        }

        async Task<(int Status, string Body)?> GetAsync(Uri uri)
        {
            try
            {
                using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
                var (status, body) = await reader.GetAsync(uri, null, either.Token);
                return ((int)status, Encoding.UTF8.GetString(body));
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                return null;
            }
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
                    examination.Fail("network mode", "bridge: the containers of this task do not share 127.0.0.1", "Set networkMode to awsvpc in the task definition.");
                    break;
                default:
                    examination.Warn("network mode", "host: all tasks of the instance share 127.0.0.1", "Give each task a port of its own, and a token of its own.");
                    break;
            }

            return mode;
        }

        return null;
    }
}
