using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Access;

internal sealed partial class ClientBook
{
    private static partial class Log
    {
        [LoggerMessage(EventIds.FormerTokenUsed, LogLevel.Warning,
            "Client {Client} still sends its former token, which expires at {End:yyyy-MM-ddTHH:mm:ssZ}. "
            + "A container with AWS_CONTAINER_AUTHORIZATION_TOKEN never sees a new token: "
            + "restart that container before then, or use AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE there.")]
        public static partial void FormerTokenUsed(ILogger logger, string client, DateTimeOffset end);
    }
}
