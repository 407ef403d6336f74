using System.Globalization;
using CredentialSidecar.Launcher.Arguments;
using CredentialSidecar.Launcher.Native;

namespace CredentialSidecar.Launcher.Waiting;

/// <summary><c>--check</c>: a probe for images that have no shell and no curl.</summary>
internal static class Probe
{
    public static int Run(int port, bool ready)
    {
        var path = ready ? FixedNames.ReadinessPath : FixedNames.LivenessPath;
        var answer = new HttpPoll().Await(HttpExchange.Begin(Endpoint.LoopbackBytes, port, HttpRequest.Get(port, path)));

        if (answer.Status == 200)
        {
            return ExitCodes.Ok;
        }

        var said = answer.Status == 0
            ? answer.Trouble + ". Does the sidecar run, and is SIDECAR_HEALTH_PORT the same here?"
            : "status " + answer.Status.ToString(CultureInfo.InvariantCulture) + ". " + FirstLine(answer.Body);
        Output.Error($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}{path}: {said}");
        return ExitCodes.Unhealthy;
    }

    private static string FirstLine(string body) => body.IndexOfAny(['\r', '\n']) is >= 0 and var end ? body[..end] : body;
}
