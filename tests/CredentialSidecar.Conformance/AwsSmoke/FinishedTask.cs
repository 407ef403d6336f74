using System.Globalization;
using System.Runtime.Versioning;
using System.Text;
using System.Text.RegularExpressions;
using CredentialSidecar.Testing;

namespace CredentialSidecar.Conformance.AwsSmoke;

/// <summary>An ECS and a CloudWatch Logs that know one task, which has ended.</summary>
[UnsupportedOSPlatform("windows")]
internal static partial class FinishedTask
{
    public const string Token = "IQoJb3JpZ2luX2VjEHQaDGV1LWNlbnRyYWwtMSJHMEUCIQDexampleexampleexampleexample";

    // A log line with everything that a report must not show, for a sidecar that would break its promise.
    private const string Careless =
        $"AKIAIOSFODNN7EXAMPLE {Token} arn:aws:iam::999988887777:role/x {SmokeRun.Caller} {SmokeRun.Destination}";

    // What ECS answers for a task that it could not start.
    private const string Unknown = """
        {"tasks":[{"lastStatus":"STOPPED","stopCode":"TaskFailedToStart","stoppedReason":"ECS was unable to assume the role","containers":[
        {"name":"credential-sidecar","lastStatus":"STOPPED"},{"name":"app","lastStatus":"STOPPED"}]}],"failures":[]}
        """;

    private const string Task = """
        {"tasks":[{"lastStatus":"STOPPED","platformVersion":"1.4.0","platformFamily":"Linux","createdAt":1764301000.5,
        "startedAt":1764301030.5,"stoppedAt":1764301060.5,"stopCode":"EssentialContainerExited",
        "stoppedReason":"Essential container in task exited","containers":[
        {"name":"credential-sidecar","lastStatus":"STOPPED","exitCode":0,"healthStatus":"HEALTHY"},
        {"name":"app","lastStatus":"STOPPED","exitCode":0,"healthStatus":"UNKNOWN"}]}],"failures":[]}
        """;

    /// <param name="identity">The application's output; {run} is replaced by the id of the run.</param>
    /// <param name="failures">So many tasks do not start, because ECS does not know their roles yet.</param>
    public static RawServer Start(string identity, int failures = 0) => RawServer.Custom(async (request, stream, stop) =>
    {
        var body = await BodyAsync(request, stream, stop);
        var answer = request.Contains("DescribeTasks", StringComparison.Ordinal) ? failures-- > 0 ? Unknown : Task
            : Events(body.Contains("smoke/app/", StringComparison.Ordinal)
                ? ["credential-launch: removed AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                    identity.Replace("{run}", RunId().Match(body).Value, StringComparison.Ordinal)]
                : [@"{\""EventId\"":100,\""Message\"":\""Started\""}", Careless]);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(
            $"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: {Encoding.UTF8.GetByteCount(answer)}\r\n"
            + $"Connection: close\r\n\r\n{answer}"), stop);
    });

    private static string Events(IEnumerable<string> lines) =>
        $$"""{"events":[{{string.Join(',', lines.Select(line => $$"""{"timestamp":1764301040000,"message":"{{line}}"}"""))}}]}""";

    // The head may come without the body.
    private static async Task<string> BodyAsync(string request, Stream stream, CancellationToken stop)
    {
        var text = new StringBuilder(request);
        var length = int.Parse(Length().Match(request).Groups[1].Value, CultureInfo.InvariantCulture);
        var start = request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        var buffer = new byte[4096];

        while (text.Length - start < length)
        {
            text.Append(Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer, stop)));
        }

        return text.ToString(start, length);
    }

    [GeneratedRegex("(?i)content-length: ([0-9]+)")]
    private static partial Regex Length();

    [GeneratedRegex("(?<=/credential-sidecar-smoke/)[0-9a-f]{8}")]
    private static partial Regex RunId();
}
