using System.Threading.Channels;
using CredentialSidecar.Configuration;
using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Access;

/// <summary>Writes down every answer, behind the back of the request: a full disk or a slow reader delays nobody.</summary>
internal sealed partial class AuditTrail : BackgroundService
{
    public const string Category = "CredentialSidecar.Audit";

    // Some seconds of the worst that the throttle lets through.
    private const int LongestQueue = 4096;
    private static readonly TimeSpan BetweenWarnings = TimeSpan.FromMinutes(1);

    private readonly Channel<AuditLine> _queue;
    private readonly AuditOptions _options;
    private readonly SidecarMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly ILogger _lines;
    private readonly ILogger<AuditTrail> _logger;
    private readonly AuditFile? _file;
    private DateTimeOffset _warned;
    private long _dropped;

    public AuditTrail(SidecarSettings settings, SidecarMetrics metrics, TimeProvider clock, ILoggerFactory loggers)
    {
        (_options, _metrics, _clock) = (settings.Options.Audit, metrics, clock);
        (_lines, _logger) = (loggers.CreateLogger(Category), loggers.CreateLogger<AuditTrail>());
        _file = _options.File is { } path ? new AuditFile(path) : null;
        _queue = Channel.CreateBounded<AuditLine>(new BoundedChannelOptions(LongestQueue) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true }, _ => Drop("queue", "the queue is full"));
    }

    /// <summary>Whether anybody wants lines at all.</summary>
    public bool IsOn => _options.Log || _file is not null;

    /// <summary>How many lines were lost.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Takes the line and returns at once.</summary>
    /// <remarks>
    /// Strangers' lines fill at most a quarter of the queue and those of rejected clients three quarters: neither may
    /// crowd out what another client did, or who got what.
    /// </remarks>
    public void Write(AuditLine line)
    {
        var isStrangers = line.Client is null || line.Client == Client.Anyone.Name;
        var share = line.Status == StatusCodes.Status200OK ? LongestQueue : isStrangers ? LongestQueue / 4 : LongestQueue * 3 / 4;

        if (_queue.Reader.Count >= share)
        {
            Drop("queue", "the queue is full");
            return;
        }

        _queue.Writer.TryWrite(line);
    }

    /// <summary>Opens the file anew with the next line, for whoever moved it away.</summary>
    public void Reopen() => _file?.Reopen();

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // What was answered until now is still written, as long as the host waits.
        _queue.Writer.TryComplete();
        await (ExecuteTask?.WaitAsync(cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default) ?? Task.CompletedTask);
        await base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        // Whoever writes closes the file; one that takes nothing would be waited for here without end.
        _queue.Writer.TryComplete();
        base.Dispose();
    }

    // Writing may block, and then it blocks a thread of its own.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.Factory.StartNew(Drain, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Drain()
    {
        using var file = _file;

        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_queue.Reader.TryRead(out var line))
            {
                Put(line);
            }
        }
    }

    private void Put(AuditLine line)
    {
        if (_options.Log && line.Count is { } count)
        {
            Log.AnsweredSeveral(_lines, count, line.Reason, line.Client, line.Peer, line.TaskArn, line.Time);
        }
        else if (_options.Log && !line.IsLogged)
        {
            Log.Answered(_lines, line.Status, line.Reason, line.Client, line.Destination, line.Peer, line.Uid, line.UserAgent,
                line.AccessKeyId, line.RoleSessionName, line.StsRequestId, line.Expiration, line.TaskArn, line.Time);
        }

        if (_file?.TryAppend(line) is { } problem)
        {
            Drop("file", problem);
        }
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
        [LoggerMessage(EventIds.Answered, LogLevel.Information,
            "Answered {Status} {Reason} to {Client} for {Destination}: peer {Peer}, uid {Uid}, agent {UserAgent}, access key {AccessKeyId}, session {RoleSessionName}, STS request {StsRequestId}, "
            + "expires {Expiration:u}, task {TaskArn}, at {Time:O}.")]
        public static partial void Answered(
            ILogger logger, int status, string reason, string? client, string? destination, string? peer, uint? uid, string? userAgent,
            string? accessKeyId, string? roleSessionName, string? stsRequestId, DateTimeOffset? expiration, string? taskArn, DateTimeOffset time);

        [LoggerMessage(EventIds.AnsweredSeveral, LogLevel.Information, "Rejected further requests: count {Count}, reason {Reason}, client {Client}, peer {Peer}, task {TaskArn}, until {Time:O}.")]
        public static partial void AnsweredSeveral(ILogger logger, int count, string reason, string? client, string? peer, string? taskArn, DateTimeOffset time);

        [LoggerMessage(EventIds.AuditDropped, LogLevel.Warning, "{Dropped} audit lines have been dropped since the start: {Reason}. Answers go on.")]
        public static partial void Dropped(ILogger logger, long dropped, string reason);
    }
}
