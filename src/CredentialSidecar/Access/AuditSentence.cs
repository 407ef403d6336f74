using System.Globalization;
using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Access;

/// <summary>Formats an audit line for the log; fields without a value are left out.</summary>
internal static class AuditSentence
{
    public static LogRecord Of(AuditLine line)
    {
        var client = (line.Client ?? "an unknown client")
            + (line.Uid is { } uid ? $" (uid {uid})" : "")
            + Optional(" at ", line.Peer);
        return line.Count is { } count ? Several(line, client, count) : line.IsServed ? Served(line, client) : Refused(line, client);
    }

    private static LogRecord Several(AuditLine line, string client, int count)
    {
        var many = $"Refused {count} more {(count == 1 ? "request" : "requests")}";
        return new(line.Time, $"{many}.", $"{many} from {client}: {line.Reason}.",
            ("Count", count), ("Reason", line.Reason), ("Client", line.Client), ("Peer", line.Peer), ("TaskArn", line.TaskArn));
    }

    private static LogRecord Refused(AuditLine line, string client) => new(line.Time, $"Refused a request: {line.Status} {line.Reason}.",
        $"Refused {(line.Destination is null ? "a request from" : $"{line.Destination} to")} {client}: "
        + $"{line.Status} {line.Reason}{Optional(" (agent ", line.UserAgent, ")")}.",
        ("Status", line.Status), ("Reason", line.Reason), ("Client", line.Client), ("Destination", line.Destination),
        ("Peer", line.Peer), ("Uid", line.Uid), ("UserAgent", line.UserAgent), ("TaskArn", line.TaskArn));

    // Without the User-Agent, which is long; the audit file has it.
    private static LogRecord Served(AuditLine line, string client)
    {
        var end = line.Expiration?.UtcDateTime.ToString(LineFormatter.Seconds, CultureInfo.InvariantCulture);
        var details = Optional(", access key ", line.AccessKeyId)
            + Optional(", session ", line.RoleSessionName)
            + Optional(", STS request ", line.StsRequestId)
            + Optional(", expires ", end);
        return new(line.Time, "Served credentials.", $"Served {line.Destination} to {client}{Optional(":", details.TrimStart(','))}.",
            ("Client", line.Client), ("Destination", line.Destination), ("Peer", line.Peer), ("Uid", line.Uid),
            ("AccessKeyId", line.AccessKeyId), ("RoleSessionName", line.RoleSessionName), ("StsRequestId", line.StsRequestId),
            ("Expiration", line.Expiration), ("TaskArn", line.TaskArn));
    }

    private static string Optional(string before, string? value, string after = "") =>
        string.IsNullOrEmpty(value) ? "" : before + value + after;
}
