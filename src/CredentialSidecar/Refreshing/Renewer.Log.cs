using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Refreshing;

internal sealed partial class Renewer
{
    private static partial class Log
    {
        [LoggerMessage(EventIds.Renewed, LogLevel.Information,
            "Renewed {Destination} as {AccessKeyId} of {Role}, valid until {Expiration}, next renewal at {RenewAt}.")]
        public static partial void Renewed(
            ILogger logger, string destination, string? role, string accessKeyId, string expiration, string renewAt);

        [LoggerMessage(EventIds.SourceUnchanged, LogLevel.Information,
            "The source has no newer session for {Destination} than {AccessKeyId}, which is served until {Expiration}. "
            + "Next read at {RenewAt}.")]
        public static partial void SourceUnchanged(
            ILogger logger, string destination, string accessKeyId, string expiration, string renewAt);

        [LoggerMessage(EventIds.BodyTooLarge, LogLevel.Error,
            "The answer for {Destination} has {Bytes} bytes, more than the {Limit} that SDKs based on the AWS CRT can read. "
            + "Shorten the tags and policies of its hops.")]
        public static partial void BodyTooLarge(ILogger logger, string destination, int bytes, int limit);

        [LoggerMessage(EventIds.Ready, LogLevel.Information,
            "Ready: every required destination had its first session. Destinations: {Destinations}; hops: {Nodes}.")]
        public static partial void Ready(ILogger logger, int destinations, int nodes);
    }
}
