using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Commands;

internal static partial class ServeCommand
{
    private static partial class Log
    {
        [LoggerMessage(EventIds.Started, LogLevel.Information,
            "Started for {Destinations}: serving on {Addresses}; health on {Health}; source {Source}.")]
        public static partial void Started(ILogger logger, string destinations, string addresses, string health, string source);

        [LoggerMessage(EventIds.Intercepting, LogLevel.Information, "Accepting connections redirected from 169.254.170.2:80: {Uids}.")]
        public static partial void Intercepting(ILogger logger, string uids);

        [LoggerMessage(EventIds.AddressAdded, LogLevel.Information, "Added {Address} to loopback.")]
        public static partial void AddressAdded(ILogger logger, string address);

        [LoggerMessage(EventIds.ConfigurationWarning, LogLevel.Warning, "{Key} {Text}.")]
        public static partial void ConfigurationWarning(ILogger logger, string key, string text);

        [LoggerMessage(EventIds.ListeningBeyondLoopback, LogLevel.Warning,
            "Listening on {Address}, which is not a loopback address. "
            + "A client in a network of Access:Peers with a valid token gets credentials in clear text.")]
        public static partial void ListeningBeyondLoopback(ILogger logger, string address);

        [LoggerMessage(EventIds.MemoryUnsealed, LogLevel.Warning,
            "The kernel did not let the sidecar disable dumps of its memory, which contains credentials.")]
        public static partial void MemoryUnsealed(ILogger logger);

        [LoggerMessage(EventIds.FewConnections, LogLevel.Warning,
            "The sidecar accepts at most {Connections} connections at once, because of this container's limits: "
            + "memory {Memory}, open files {Files}. Raise these limits if clients have many processes.")]
        public static partial void FewConnections(ILogger logger, int connections, string memory, long files);

        [LoggerMessage(EventIds.Stopped, LogLevel.Information, "Stopped. The process ends with exit code 0.")]
        public static partial void Stopped(ILogger logger);

        [LoggerMessage(EventIds.TokenDistrusted, LogLevel.Warning,
            "Client {Client} has a new token in {Directory}, because the previous sidecar process did not end cleanly. "
            + "Another process may have listened on its port and collected the former token, "
            + "so the sidecar rejects it now. Restart containers that use AWS_CONTAINER_AUTHORIZATION_TOKEN instead of "
            + "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE. Access:KeepTokens=true keeps tokens.")]
        public static partial void TokenDistrusted(ILogger logger, string client, string directory);

        [LoggerMessage(EventIds.AnonymousAllowed, LogLevel.Warning,
            "No authorization token is required: every client that can connect gets credentials.")]
        public static partial void AnonymousAllowed(ILogger logger);
    }
}
