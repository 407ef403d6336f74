using CredentialSidecar.Caching;
using CredentialSidecar.Configuration;
using CredentialSidecar.Endpoint;
using CredentialSidecar.Refreshing;
using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Commands;

/// <summary><c>credential-sidecar renew</c>: renews sessions now, because a role was revoked or its policies changed.</summary>
internal static class RenewCommand
{
    public const string Name = "renew";

    // Enough for thousands of destinations at 200 calls a second, or for an STS that does not answer.
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private const int MostFailures = 20;

    public static ControlCommand Of(RenewalOnDemand renewal, CurrentTree tree, TimeProvider clock) =>
        new(Name, async (destination, cancellation) =>
        await renewal.RunAsync(destination, cancellation) is { } renewed
            ? Reply(renewed, clock.GetUtcNow())
            : new ControlReply(ExitCodes.Usage,
                UnknownName.Text("The sidecar", "destination", destination!, tree().Destinations.Select(one => one.Name))));

    private static ControlReply Reply(IReadOnlyList<Renewal> renewed, DateTimeOffset now)
    {
        Renewal[] failed = [.. renewed.Where(one => one.Failure is not null)];
        string[] names = [.. renewed.Except(failed).Select(one => one.Destination.Name)];
        string[] lines =
        [
            .. renewed.Count == 0 ? ["No destination was renewed: all are lazy, and no client has requested one."] : Array.Empty<string>(),
            .. names.Length == 0 ? Array.Empty<string>()
                : [$"Renewed {names.Length} {(names.Length == 1 ? "destination" : "destinations")}: {PlainText.Names(names)}."],
            .. failed.Take(MostFailures).Select(one => Failed(one, now)),
            .. failed.Length > MostFailures
                ? [$"{failed.Length - MostFailures} more were not renewed; see credential-sidecar status."]
                : Array.Empty<string>(),
        ];
        return new ControlReply(failed.Length == 0 ? ExitCodes.Ok : ExitCodes.Unhealthy, string.Join('\n', lines));
    }

    private static string Failed(Renewal one, DateTimeOffset now)
    {
        var failure = one.Failure!;
        var session = one.Destination.Node.Latest is { } latest && latest.IsLive(now)
            ? $"The current session is served until {Renewer.Iso(latest.Credentials.Expiration)}."
            : "No live session exists.";
        var advice = failure.Advice is null ? "" : $" {failure.Advice}";
        return $"{one.Destination.Name} was not renewed: {failure.ForOperator} {session}{advice}";
    }
}
