using System.Diagnostics;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Telemetry;

/// <summary>Every span; other files call verbs and never touch an attribute.</summary>
/// <remarks>
/// Where nobody listens there is no activity, and every verb does nothing. An attribute is what a log line may hold, and less:
/// no message, no access key id, and no path, since one of the agent's is as good as a password.
/// </remarks>
internal readonly struct Span : IDisposable
{
    public const string SourceName = "CredentialSidecar";

    private const string Outcome = "outcome";

    private static readonly ActivitySource Source = new(SourceName);
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"];

    private readonly Activity? _activity;

    private Span(Activity? activity) => _activity = activity;

    /// <summary>A renewal of a destination's session, all hops together.</summary>
    public static Span Renewing(string destination)
    {
        // A trace of its own, whoever woke the loop.
        Activity.Current = null;
        return new Span(Source.StartActivity("renew")?.SetTag("destination", destination));
    }

    /// <summary>One <c>sts:AssumeRole</c>, its quick retries included; names by the conventions for AWS SDKs.</summary>
    public static Span Assuming(Hop hop, NodeLabel label) => new(Source.StartActivity("STS/AssumeRole", ActivityKind.Client)?
        .SetTag("rpc.system", "aws-api")
        .SetTag("rpc.service", "STS")
        .SetTag("rpc.method", "AssumeRole")
        .SetTag("cloud.region", hop.Region)
        .SetTag("destination", label.Destination)
        .SetTag("hop", label.Hop)
        .SetTag("role", hop.Role.Text));

    /// <summary>A sibling's request that goes on to the ECS agent.</summary>
    public static Span Forwarding(string method)
    {
        // The web server's own activity is never exported, so the parent is where that one came from: the sibling's span, if it sent one.
        var parent = ActivityContext.TryParse(Activity.Current?.ParentId, Activity.Current?.TraceStateString, isRemote: true, out var sibling) ? sibling : default;
        Activity.Current = null;
        return new Span(Source.StartActivity("forward", ActivityKind.Client, parent)?
            .SetTag("http.request.method", Methods.Contains(method) ? method : "_OTHER"));
    }

    public void Succeeded() => _activity?.SetTag(Outcome, "ok");

    public void Failed(CredentialException e)
    {
        Answered(e.RequestId);
        Failed(e.Failure.ToString());
    }

    /// <param name="requestId">STS's, which joins a CloudTrail event.</param>
    public void Answered(string? requestId)
    {
        if (requestId is not null)
        {
            _activity?.SetTag("aws.request_id", requestId);
        }
    }

    public void Forwarded(int status)
    {
        _activity?.SetTag("http.response.status_code", status);
        Succeeded();
    }

    /// <param name="reason">Of a closed set.</param>
    public void NotForwarded(string reason) => Failed(reason);

    /// <summary>The sibling went away, which is nobody's mistake.</summary>
    public void Abandoned() => _activity?.SetTag(Outcome, "abandoned");

    public void Dispose() => _activity?.Dispose();

    private void Failed(string reason) => _activity?.SetTag(Outcome, reason).SetTag("error.type", reason).SetStatus(ActivityStatusCode.Error);
}
