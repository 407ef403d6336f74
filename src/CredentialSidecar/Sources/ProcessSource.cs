using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Executing;

namespace CredentialSidecar.Sources;

/// <summary>Runs the program of <c>Source:Process</c> for each read, and takes the credentials that it prints.</summary>
internal sealed class ProcessSource
{
    /// <summary>A program that asks another server needs some seconds; one that waits for a person would wait without end.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    // A process that even SIGKILL cannot end, such as one that waits for a dead file server, must not stop the source.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly ProgramStart _start;
    private readonly RunProgram _run;
    private readonly SecretMask _mask;
    private readonly TimeProvider _clock;
    private readonly Resilience _resilience;

    public ProcessSource(ProgramSettings settings, RunProgram run, SecretMask mask, TimeProvider clock)
    {
        _start = new ProgramStart(settings.Path, settings.Arguments, settings.Environment);
        (_run, _mask, _clock) = (run, mask, clock);
        _resilience = new Resilience(clock, Limit + Grace, e => ProcessFailures.NotRun(_start.Path, e));
    }

    public Task<TemporaryCredentials> ReadAsync(CancellationToken cancellationToken) => _resilience.RunAsync(RunAsync, cancellationToken);

    private async Task<TemporaryCredentials> RunAsync(CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();

        using var late = new CancellationTokenSource(Limit, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        var end = await _run(_start, either.Token).WaitAsync(cancellationToken);
        var (credentials, problem) = ProcessDocument.Read(end.Output, now);

        if (credentials is not null)
        {
            // Before anything is shown: a shell that traces its commands writes the secret to standard error.
            _mask.Add(credentials);
        }

        Array.Clear(end.Output);
        return ProcessFailures.Of(_start.Path, end, problem, _mask) is { } failure ? throw failure : credentials!;
    }
}
