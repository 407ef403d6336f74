namespace CredentialSidecar.Configuration.Options;

/// <summary>What is logged, and in which form.</summary>
internal sealed class LoggingOptions
{
    public LogLevel Level { get; set; } = LogLevel.Information;

    public LogFormat Format { get; set; } = LogFormat.Auto;
}

/// <summary>The forms of a log line.</summary>
internal enum LogFormat
{
    /// <summary>Text on a terminal, JSON anywhere else.</summary>
    Auto,
    Text,
    Json,
}
