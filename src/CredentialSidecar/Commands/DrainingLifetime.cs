using System.Runtime.InteropServices;
using CredentialSidecar.Access;
using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Commands;

/// <summary>
/// On SIGHUP, rotates tokens and reopens the audit file. On SIGTERM, keeps serving for a while, because siblings often stop at the same
/// time.
/// </summary>
/// <param name="drain">How long to go on serving after SIGTERM.</param>
internal sealed partial class DrainingLifetime(
    IHostApplicationLifetime application, TimeSpan drain, TokenKeeper tokens, AuditTrail audit, TimeProvider clock,
    ILogger<DrainingLifetime> logger) : IHostLifetime, IDisposable
{
    private readonly List<PosixSignalRegistration> _signals = [];
    private readonly CancellationTokenSource _stopped = new();
    private int _received;

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT])
        {
            _signals.Add(PosixSignalRegistration.Create(signal, Handle));
        }

        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, Renew));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _stopped.CancelAsync();

    public void Dispose()
    {
        _signals.ForEach(signal => signal.Dispose());
        _stopped.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;

        if (Interlocked.Increment(ref _received) > 1)
        {
            Environment.Exit(ExitCodes.Terminated);
        }

        // Ctrl+C comes from a person at a terminal, without siblings that still need credentials.
        var time = context.Signal == PosixSignal.SIGINT ? TimeSpan.Zero : drain;
        Log.Draining(logger, context.Signal, time.TotalSeconds);
        _ = StopAfterAsync(time);
    }

    private void Renew(PosixSignalContext context)
    {
        context.Cancel = true;
        audit.Reopen();
        tokens.Rotate();
    }

    private async Task StopAfterAsync(TimeSpan time)
    {
        try
        {
            await Task.Delay(time, clock, _stopped.Token);
            application.StopApplication();
        }
        catch (OperationCanceledException)
        {
            // Another cause stopped the host meanwhile.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.Draining, LogLevel.Information,
            "{Signal} received: serving for {Seconds} s more, then stopping. A second signal stops the sidecar at once.")]
        public static partial void Draining(ILogger logger, PosixSignal signal, double seconds);
    }
}
