using CredentialSidecar.Endpoint;
using CredentialSidecar.Health;

namespace CredentialSidecar.Commands;

/// <summary><c>credential-sidecar status</c>: the state of each destination, as a table or as the JSON of <c>/status</c>.</summary>
internal static class StatusCommand
{
    public const string Name = "status";
    public const string Json = "json";

    public static ControlCommand Of(StatusReport report) => new(Name, (argument, _) =>
        Task.FromResult(new ControlReply(ExitCodes.Ok, argument == Json ? report.ReadJson() : StatusTable.Of(report.Read()))));
}
