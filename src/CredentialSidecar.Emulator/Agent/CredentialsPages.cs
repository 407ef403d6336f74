using System.Globalization;
using System.Text.Json;
using CredentialSidecar.Emulator.Faults;
using CredentialSidecar.Emulator.Sessions;

namespace CredentialSidecar.Emulator.Agent;

/// <summary>The container credentials endpoint as the agent answers it, to the letter.</summary>
internal sealed class CredentialsPages(TaskRole taskRole, string? id = null)
{
    private const string V1 = "/v1/credentials";
    private const string V2 = "/v2/credentials/";

    public string Id { get; } = id ?? Guid.NewGuid().ToString();

    public string RelativeUri => V2 + Id;

    /// <summary>The path as it may be logged: without the id.</summary>
    public static string Redact(string path) => path.StartsWith(V2, StringComparison.Ordinal) ? V2[..^1] : path;

    /// <summary>All that follows the second version's prefix is an id, slashes included.</summary>
    public static bool Covers(string path) => path == V1 || path.StartsWith(V2, StringComparison.Ordinal);

    /// <summary>The answer to a path that is covered.</summary>
    public Answer Read(GoUrl url, Fault? fault) =>
        url.Path == V1
            ? ReadId("CredentialsV1Request", url.First("id") ?? "", fault)
            : ReadId("CredentialsV2Request", url.Path[V2.Length..], fault);

    private Answer ReadId(string request, string id, Fault? fault)
    {
        if (id.Length == 0)
        {
            return Error(400, "NoIdInRequest", $"{request}: No Credential ID in the request");
        }

        if (id != Id)
        {
            return Error(400, "InvalidIdInRequest", $"{request}: Credentials not found");
        }

        return fault?.Kind switch
        {
            FaultKind.Pending => Uninitialized(request),
            FaultKind.Status => Error(fault.Status ?? 500, "InternalServerError", "Internal server error"),
            FaultKind.ExpiredSession => Ok(taskRole.Expired()),
            FaultKind.FarFuture => Ok(taskRole.Current with { Expiration = DateTimeOffset.MaxValue }),
            _ => taskRole.IsGiven ? Ok(taskRole.Current) : Uninitialized(request),
        };
    }

    private static Answer Uninitialized(string request) =>
        Error(503, "CredentialsUninitialized", $"{request}: Credentials uninitialized for ID");

    private static Answer Ok(Caller session) => new(200, "application/json", JsonSerializer.Serialize(
        new AgentCredentials(
            session.IamArn.Text,
            session.AccessKeyId,
            session.SecretAccessKey,
            session.SessionToken!,
            session.Expiration.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)),
        AgentJson.Plain.AgentCredentials));

    private static Answer Error(int status, string code, string message) => new(
        status, "application/json", JsonSerializer.Serialize(new AgentError(code, message, status), AgentJson.Plain.AgentError));
}
