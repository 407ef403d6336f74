using System.Diagnostics;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Telemetry;

/// <summary>All spans. Other files call its methods and never set attributes.</summary>
/// <remarks>
/// Without a listener no activity exists, and every method does nothing. Attributes contain less than log lines: they leave out
/// messages, access key ids and paths, since an agent path may be a secret.
/// </remarks>
internal readonly struct Span : IDisposable
{
    public const string SourceName = "CredentialSidecar";

    private const string Outcome = "outcome";

    private static readonly ActivitySource Source = new(SourceName);
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"];

    private readonly Activity? _activity;

    private Span(Activity? activity) => _activity = activity;

    /// <summary>The renewal of a destination's session, including all hops.</summary>
    public static Span Renewing(string destination)
    {
        // A new trace, independent of the request that woke the loop.
        Activity.Current = null;
        return new Span(Source.StartActivity("renew")?.SetTag("destination", destination));
    }

    /// <summary>One <c>sts:AssumeRole</c> with its quick retries; names follow the conventions for AWS SDKs.</summary>
    public static Span Assuming(Hop hop, NodeLabel label) => new(Source.StartActivity("STS/AssumeRole", ActivityKind.Client)?
        .SetTag("rpc.system", "aws-api")
        .SetTag("rpc.service", "STS")
        .SetTag("rpc.method", "AssumeRole")
        .SetTag("cloud.region", hop.Region)
        .SetTag("destination", label.Destination)
        .SetTag("hop", label.Hop)
        .SetTag("role", hop.Role.Text));

    /// <summary>A sibling's request that is forwarded to the ECS agent.</summary>
    public static Span Forwarding(string method)
    {
        // The web server's activity is never exported, so use its parent: the sibling's span, if it sent one.
        var (id, state) = (Activity.Current?.ParentId, Activity.Current?.TraceStateString);
        var parent = ActivityContext.TryParse(id, state, isRemote: true, out var sibling) ? sibling : default;
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

    /// <param name="requestId">The STS request id, which matches a CloudTrail event.</param>
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

    /// <param name="reason">One of a closed set.</param>
    public void NotForwarded(string reason) => Failed(reason);

    /// <summary>Records that the sibling closed the connection, which is not an error.</summary>
    public void Abandoned() => _activity?.SetTag(Outcome, "abandoned");

    public void Dispose() => _activity?.Dispose();

    private void Failed(string reason) =>
        _activity?.SetTag(Outcome, reason).SetTag("error.type", reason).SetStatus(ActivityStatusCode.Error);
}
