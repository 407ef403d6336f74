using System.Text.Json;
using System.Text.Json.Serialization;
using CredentialSidecar.Caching;
using CredentialSidecar.Configuration.Reading;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Health;

/// <summary>The current state as JSON, for the operator; it contains no secret.</summary>
internal sealed class StatusReport(CurrentTree tree, SourceSettings source, ConfigurationState configuration, TimeProvider clock)
{
    private static readonly StatusJson Readable = new(ReadableJson.Of(StatusJson.Default.Options));

    public Task SendAsync(HttpContext http)
    {
        http.Response.ContentType = "application/json";
        http.Response.Headers.CacheControl = "no-store";
        return JsonSerializer.SerializeAsync(http.Response.Body, Read(), Readable.Status, http.RequestAborted);
    }

    public string ReadJson() => JsonSerializer.Serialize(Read(), Readable.Status);

    public Status Read()
    {
        var now = clock.GetUtcNow();
        return new Status(
            typeof(StatusReport).Assembly.GetName().Version?.ToString(3) ?? "",
            now,
            source.ToString(),
            configuration.Read(),
            [.. tree().Destinations.OrderBy(d => d.Name, StringComparer.Ordinal).Select(d => Read(d, now))]);
    }

    private static DestinationStatus Read(Destination destination, DateTimeOffset now)
    {
        var node = destination.Node;
        var (latest, failure) = (node.Latest, node.LastFailure);
        var live = latest?.IsLive(now) == true;

        return new DestinationStatus(
            destination.Name,
            live ? "live"
                : failure is not null ? "failing"
                : destination.Lazy && latest is null ? "idle"
                : latest is null ? "starting"
                : "expired",
            destination.Lazy,
            (long)(latest?.Remaining(now).TotalSeconds ?? 0),
            live ? latest!.Credentials.AccessKeyId : null,
            latest?.Credentials.IssuedAt,
            node.State.DueAt is var due && due == DateTimeOffset.MinValue ? null : due,
            failure is null
                ? null
                : new FailureStatus(failure.Cause.Failure.ToString(), failure.Cause.ForOperator, failure.Cause.Advice,
                    failure.Cause.RequestId, failure.At, failure.Failures),
            [.. Hops(node)
                .Reverse()
                .Select(hop => new HopStatus(hop.Role?.Text, hop.SessionName!, hop.Region!, hop.Latest?.Credentials.Expiration))]);
    }

    private static IEnumerable<SessionNode> Hops(SessionNode? node)
    {
        for (; node is { IsSource: false }; node = node.Parent)
        {
            yield return node;
        }
    }
}

/// <summary>The answer of <c>/status</c>.</summary>
internal sealed record Status(
    string Version, DateTimeOffset Now, string Source, ConfigurationStatus Configuration, IReadOnlyList<DestinationStatus> Destinations);

/// <param name="State"><c>starting</c>, <c>idle</c>, <c>live</c>, <c>failing</c> or <c>expired</c>.</param>
/// <param name="LastFailure">Null after a success.</param>
/// <param name="Hops">Empty where the source's own credentials are served.</param>
internal sealed record DestinationStatus(
    string Name, string State, bool Lazy, long SecondsLeft, string? AccessKeyId, DateTimeOffset? LastRenewal, DateTimeOffset? NextRenewal,
    FailureStatus? LastFailure, IReadOnlyList<HopStatus> Hops);

/// <param name="InARow">How many attempts have failed since the last success.</param>
internal sealed record FailureStatus(string Reason, string Message, string? Advice, string? StsRequestId, DateTimeOffset At, int InARow);

/// <param name="Expiration">Of the hop's latest session, live or not.</param>
internal sealed record HopStatus(string? RoleArn, string SessionName, string Region, DateTimeOffset? Expiration);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(Status))]
internal sealed partial class StatusJson : JsonSerializerContext;
