using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Access;

/// <summary>Writes an audit line for every answer to the log and to a file, each through a separate queue.</summary>
internal sealed partial class AuditTrail : IHostedService, IDisposable
{
    public const string Category = "CredentialSidecar.Audit";

    private static readonly TimeSpan BetweenWarnings = TimeSpan.FromMinutes(1);

    private readonly SidecarMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly ILogger _lines;
    private readonly ILogger<AuditTrail> _logger;
    private readonly AuditFile? _file;
    private readonly AuditSink[] _sinks;
    private DateTimeOffset _warned;
    private long _dropped;

    public AuditTrail(AuditSettings settings, SidecarMetrics metrics, TimeProvider clock, ILoggerFactory loggers)
    {
        (_metrics, _clock, _lines, _logger) = (metrics, clock, loggers.CreateLogger(Category), loggers.CreateLogger<AuditTrail>());
        _file = settings.File is { } path ? new AuditFile(path) : null;
        _sinks =
        [
            .. settings.Log ? [new AuditSink("audit log", PutInLog, _ => { }, () => { })] : Array.Empty<AuditSink>(),
            .. _file is { } file
                ? [new AuditSink("audit file", file.TryAppend, problem => Drop("file", problem), file.Dispose)]
                : Array.Empty<AuditSink>(),
        ];
    }

    /// <summary>Whether an audit log or file is configured.</summary>
    public bool IsOn => _sinks.Length > 0;

    /// <summary>How many lines were lost.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Completes once the threads have written the remaining lines.</summary>
    public Task Ended => Task.WhenAll(_sinks.Select(sink => sink.Ended));

    /// <summary>Takes the line and returns at once.</summary>
    public void Write(AuditLine line)
    {
        foreach (var sink in _sinks)
        {
            if (!sink.TryAdd(line))
            {
                Drop("queue", "the queue is full");
            }
        }
    }

    /// <summary>Opens the file again before the next line, after log rotation moved it.</summary>
    public void Reopen() => _file?.Reopen();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Array.ForEach(_sinks, sink => sink.Start());
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        // Write the remaining lines, as long as the host waits.
        Array.ForEach(_sinks, sink => sink.Complete());
        await Ended.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => Array.ForEach(_sinks, sink => sink.Dispose());

    private string? PutInLog(AuditLine line)
    {
        if (line.IsLogged)
        {
            return null;
        }

        var record = AuditSentence.Of(line);
        _lines.Log(LogLevel.Information, line switch
        {
            { Count: not null } => EventIds.NotServedSeveral,
            { IsServed: true } => EventIds.Served,
            _ => EventIds.NotServed,
        }, record, null, static (state, _) => state.ToString());
        return null;
    }

    private void Drop(string where, string why)
    {
        _metrics.AuditDropped(where);
        var dropped = Interlocked.Increment(ref _dropped);
        var now = _clock.GetUtcNow();

        if (now - _warned >= BetweenWarnings)
        {
            _warned = now;
            Log.Dropped(_logger, dropped, why);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.AuditDropped, LogLevel.Warning,
            "Audit lines dropped since the start: {Dropped}. Last reason: {Reason}. Requests are still answered.")]
        public static partial void Dropped(ILogger logger, long dropped, string reason);
    }
}
